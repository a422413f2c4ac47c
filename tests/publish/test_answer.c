#include "check.h"

#include "publish/answer.h"

#include <stdlib.h>

/* What a machine found that nobody has decided on. None of its words may reach the public. */
#define SECRET                                                                                     \
	"'why':'SECRET','verdict':'SECRET','ground':'SECRET','findings':[{'rule':'SECRET',"        \
	"'text':'SECRET','severity':'rogue','quotations':[{'quote':'SECRET'}]}],"                  \
	"'counter':['SECRET'],'missing':['SECRET'],'surprise':'SECRET'"
#define TOLD                                                                                       \
	"'why':'Sells.','verdict':'v1','ground':'g2','findings':["                                 \
	"{'rule':'r1','ground':'g1','text':'One.','severity':'unapproved','pack':'us',"            \
	"'pack_version':'1','reach':'global','subject':'SECRET','law':[{'cite':'c','says':'s',"    \
	"'note':'SECRET'}],'quotations':[{'quote':'q','url':'u','holder':'SECRET',"                \
	"'matched':[{'start':0,'words':'q','phrase':'norx','note':'SECRET'}]},"                    \
	"{'quote':'SECRET','restricted':true}],"                                                   \
	"'weighed':[{'kind':'claim','text':'rx_required','quotation':{'quote':'w'},"               \
	"'by':'SECRET'}],'register':{'authority':'a','number':'n','name':'SECRET'}},"              \
	"{'rule':'r2','ground':'g2','text':'Two.','severity':'rogue'}],"                           \
	"'counter':['for it'],'missing':['SECRET'],'surprise':'SECRET'"
#define ACTS                                                                                       \
	"'decision':{'record':'d1','at':'t','actors':['akari'],'automatic':false,'reason':'y',"    \
	"'note':'SECRET'}"

static json_t *parse(const char *text)
{
	struct buf json = { 0 };
	json_t *out = NULL;

	for (; *text; text++)
		buf_putc(&json, *text == '\'' ? '"' : *text);
	assert_int_equal(json_parse(buf_slice(&json), 1 << 16, &out, NULL), 0);
	buf_release(&json);
	return out;
}

static json_t *view_of(const char *cells)
{
	char text[8000];

	snprintf(text, sizeof(text),
	         "{'name':'x','known':true,'subject':{'kind':'registrable','key':'x.example'},"
	         "'cells':[%s],'surprise':'SECRET'}", cells);
	return parse(text);
}

static void answer(const char *const *cells, size_t n, const char *destination, json_t **out)
{
	json_t *views[4] = { NULL };

	for (size_t i = 0; i < n; i++)
		views[i] = view_of(cells[i]);
	assert_int_equal(answer_of(SLICE("www.x.example"), slice_str(destination),
	                           (const json_t *const *)views, n, out, NULL), 0);
	for (size_t i = 0; i < n; i++)
		json_decref(views[i]);
}

static void only_what_was_decided_is_told(void **state)
{
	(void)state;
	static const struct {
		const char *says, *cell, *want; /* want: of the cell, canonical, ' for " */
	} rows[] = {
		{ "a machine's word waits, and is not told",
		  "{'destination':'US','current':true,'class':'rogue','state':'pending'," SECRET "}",
		  "{'class':'unverified','current':true,'destination':'US','state':'pending'}" },
		{ "a harsh word without a state is one that nobody decided",
		  "{'destination':'US','class':'unapproved','state':'none'," SECRET "}",
		  "{'class':'unverified','destination':'US','state':'pending'}" },
		{ "unverified says nothing more",
		  "{'destination':'US','class':'unverified','state':'none','captures':2," SECRET "}",
		  "{'captures':2,'class':'unverified','destination':'US','state':'none'}" },
		{ "an innocent site misused is not told that it was",
		  "{'destination':'US','class':'not_a_pharmacy','state':'none'," SECRET "}",
		  "{'class':'not_a_pharmacy','destination':'US','state':'none'}" },
		{ "a licence is told with its register",
		  "{'destination':'US','class':'legitimate','state':'none','why':'Board names it',"
		  "'verdict':'v1','findings':[],'register':{'authority':'Board','number':'7',"
		  "'country':'US','name':'SECRET','record':'SECRET'},'surprise':'SECRET'}",
		  "{'class':'legitimate','destination':'US','register':{'authority':'Board',"
		  "'country':'US','number':'7'},'state':'none','verdict':'v1','why':'Board names it'}" },
		{ "a listing is told with reasons, and the rule that decided",
		  "{'destination':'US','class':'rogue','state':'listed'," TOLD "," ACTS "}",
		  "{'class':'rogue','counter':['for it'],'decision':{'actors':['akari'],'at':'t',"
		  "'automatic':false,'reason':'y','record':'d1'},'destination':'US','findings':["
		  "{'law':[{'cite':'c','says':'s'}],'pack':'us','pack_version':'1','quotations':["
		  "{'matched':[{'phrase':'norx','start':0,'words':'q'}],'quote':'q','url':'u'}],"
		  "'reach':'global','register':{'authority':'a','number':'n'},"
		  "'rule':'r1','severity':'unapproved','text':'One.','weighed':[{'kind':'claim',"
		  "'quotation':{'quote':'w'},'text':'rx_required'}]},"
		  "{'law':[],'quotations':[],'rule':'r2','severity':'rogue','text':'Two.','weighed':[]}],"
		  "'ground':'g2','rule':'r2','state':'listed','verdict':'v1','why':'Two.'}" },
		{ "nothing graver than was decided is told, though a machine says it",
		  "{'destination':'US','class':'unapproved','state':'listed'," TOLD "," ACTS "}",
		  "{'class':'unapproved','counter':['for it'],'decision':{'actors':['akari'],'at':'t',"
		  "'automatic':false,'reason':'y','record':'d1'},'destination':'US','findings':["
		  "{'law':[{'cite':'c','says':'s'}],'pack':'us','pack_version':'1','quotations':["
		  "{'matched':[{'phrase':'norx','start':0,'words':'q'}],'quote':'q','url':'u'}],"
		  "'reach':'global','register':{'authority':'a','number':'n'},"
		  "'rule':'r1','severity':'unapproved','text':'One.','weighed':[{'kind':'claim',"
		  "'quotation':{'quote':'w'},'text':'rx_required'}]}],"
		  "'ground':'g1','rule':'r1','state':'listed','verdict':'v1','why':'One.'}" },
		{ "a decision is told with what it rested on, not with what a machine found later",
		  "{'destination':'US','class':'rogue','state':'listed','verdict':'v2','counter':['c'],"
		  "'why':'SECRET','ground':'SECRET','findings':[{'rule':'SECRET'}]," ACTS
		  ",'rested_on':[{'rule':'r2','ground':'g2','text':'Two.','severity':'rogue'}]}",
		  "{'class':'rogue','counter':['c'],'decision':{'actors':['akari'],'at':'t',"
		  "'automatic':false,'reason':'y','record':'d1'},'destination':'US','findings':["
		  "{'law':[],'quotations':[],'rule':'r2','severity':'rogue','text':'Two.','weighed':[]}],"
		  "'ground':'g2','rule':'r2','state':'listed','verdict':'v2','why':'Two.'}" },
		{ "what was taken back is told without its accusation",
		  "{'destination':'US','class':'unverified','state':'corrected'," ACTS
		  ",'why':'licence shown','correction':{'record':'c1','reason':'licence shown'},"
		  "'findings':[{'text':'SECRET'}],'verdict':'SECRET','counter':['SECRET']}",
		  "{'class':'unverified','correction':{'reason':'licence shown','record':'c1'},"
		  "'decision':{'actors':['akari'],'at':'t','automatic':false,'reason':'y','record':'d1'},"
		  "'destination':'US','state':'corrected','why':'licence shown'}" },
		{ "an earlier registration's decision is history",
		  "{'destination':'US','class':'rogue','state':'ended','current':false," ACTS
		  ",'findings':[{'text':'SECRET'}],'why':'SECRET'}",
		  "{'class':'rogue','current':false,'decision':{'actors':['akari'],'at':'t',"
		  "'automatic':false,'reason':'y','record':'d1'},'destination':'US','state':'ended'}" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		json_t *out = NULL, *want = parse(rows[i].want);
		struct buf whole = { 0 }, got = { 0 }, wanted = { 0 };
		answer(&rows[i].cell, 1, "", &out);
		const json_t *subject = json_array_get(json_arr(out, "subjects"), 0);
		json_canonical(json_array_get(json_arr(subject, "cells"), 0), &got, NULL);
		json_canonical(want, &wanted, NULL);
		CHECK_SLICE(i, rows[i].says, buf_slice(&got), buf_slice(&wanted));
		json_canonical(out, &whole, NULL);
		CHECK_INT(i, rows[i].says, strstr(buf_str(&whole), "SECRET") != NULL, 0);
		buf_release(&whole);
		buf_release(&got);
		buf_release(&wanted);
		json_decref(out);
		json_decref(want);
	}
	check_done();
}

static void the_nearest_speaks_unless_one_above_is_listed(void **state)
{
	(void)state;
#define CELL(dest, class, st) "{'destination':'" dest "','class':'" class "','state':'" st "'}"
	static const struct {
		const char *says, *near, *above, *destination, *want; /* want: class/listed/known */
	} rows[] = {
		{ "the nearest", CELL("US", "legitimate", "none"), CELL("US", "unverified", "none"), "US",
		  "legitimate 0 1" },
		{ "a listed one above", CELL("US", "not_a_pharmacy", "none"),
		  CELL("US", "rogue", "listed"), "US", "rogue 1 1" },
		{ "one above that is listed elsewhere", CELL("US", "not_a_pharmacy", "none"),
		  CELL("JP", "rogue", "listed"), "US", "not_a_pharmacy 0 1" },
		{ "for every country", CELL("US", "not_a_pharmacy", "none"),
		  CELL("JP", "rogue", "listed"), "", "- 1 1" },
		{ "a country nobody judged for", CELL("US", "legitimate", "none"), "", "FR", "- 0 1" },
		{ "nothing known", "", "", "US", "- 0 0" },
	};
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *cells[] = { rows[i].near, rows[i].above };
		json_t *out = NULL;
		char got[80];
		answer(cells, 2, rows[i].destination, &out);
		struct slice class = json_str(answer_cell(out, slice_str(rows[i].destination)), "class");
		snprintf(got, sizeof(got), "%.*s %d %d", SLICE_ARG(class.n ? class : SLICE("-")),
		         json_flag(out, "listed", false), json_flag(out, "known", false));
		CHECK_SLICE(i, rows[i].says, slice_str(got), slice_str(rows[i].want));
		json_decref(out);
	}
	check_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_was_decided_is_told),
		cmocka_unit_test(the_nearest_speaks_unless_one_above_is_listed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
