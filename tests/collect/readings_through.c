/* Answers in, readings out: for tests/e2e/test_registration_samples.py.
 *
 *   in   lines "rdap|whois TAB server TAB path": a file of JSON, or of a WHOIS server's text
 *   out  a line each: what the process that reads makes of it, canonical, or {"error":"ERR_…"}; then the
 *        registration is read back, and a reading that does not come back is an error of ours */
#include "collect/registration_reading.h"
#include "model/registration.h"

#include <stdio.h>
#include <stdlib.h>

static int read_file(const char *path, struct buf *out)
{
	char part[65536];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (!f)
		return 1;
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		buf_put(out, slice_from(part, n));
	return fclose(f) != 0 || !buf_ok(out);
}

/* Whether what was read stays what it is on its way to the errand. */
static bool comes_back(const json_t *reading)
{
	json_t *registration = json_obj(reading, "registration");
	struct registration_restricted restricted;
	struct registration r;
	struct arena a = { 0 };
	bool same = true;

	if (registration) {
		same = registration_from_json(registration, &a, &r, NULL) == 0 &&
		       registration_restricted_from_json(json_obj(reading, "restricted"), &a,
		                                         &restricted, NULL) == 0;
		json_t *again = same ? registration_to_json(&r) : NULL;
		same = again && json_equal(again, registration);
		json_decref(again);
	}
	arena_release(&a);
	return same;
}

static int answer(enum reading what, const char *server, const char *path)
{
	struct buf response = { 0 }, uri = { 0 }, line = { 0 };
	json_t *reading = NULL;
	struct err err;
	int rc;

	if (what == READ_RDAP)
		buf_puts(&response, "HTTP/1.1 200 OK\r\n\r\n");
	buf_printf(&uri, "whois://%s/x", server);
	if (read_file(path, &response)) {
		fprintf(stderr, "%s cannot be read\n", path);
		return 1;
	}
	rc = registration_reading(what, buf_slice(&response), buf_slice(&uri), &reading, &err);
	if (rc)
		buf_printf(&line, "{\"error\":\"%s\"}", err_name(rc));
	else if (!comes_back(reading))
		buf_puts(&line, "{\"error\":\"does not come back\"}");
	else if (json_canonical(reading, &line, &err))
		return 1;
	puts(buf_str(&line));
	json_decref(reading);
	buf_release(&response);
	buf_release(&uri);
	buf_release(&line);
	return 0;
}

int main(void)
{
	char line[4096];

	while (fgets(line, sizeof(line), stdin)) {
		char *server = strchr(line, '\t'), *path = server ? strchr(server + 1, '\t') : NULL;
		if (!path)
			return 1;
		*server++ = *path++ = 0;
		path[strcspn(path, "\n")] = 0;
		if (answer(strcmp(line, "rdap") == 0 ? READ_RDAP : READ_WHOIS, server, path))
			return 1;
	}
	return 0;
}
