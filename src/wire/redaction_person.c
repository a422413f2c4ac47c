/* Street addresses and names of persons, where the form alone makes it certain enough. */
#include "wire/glyphs.h"

/* ---- addresses ---- */

/* The 47 prefectures (Local Autonomy Act, Art. 5: as of old). */
static const char *const prefectures[] = {
	"北海道", "青森県", "岩手県", "宮城県", "秋田県", "山形県", "福島県", "茨城県", "栃木県", "群馬県",
	"埼玉県", "千葉県", "東京都", "神奈川県", "新潟県", "富山県", "石川県", "福井県", "山梨県", "長野県",
	"岐阜県", "静岡県", "愛知県", "三重県", "滋賀県", "京都府", "大阪府", "兵庫県", "奈良県", "和歌山県",
	"鳥取県", "島根県", "岡山県", "広島県", "山口県", "徳島県", "香川県", "愛媛県", "高知県", "福岡県",
	"佐賀県", "長崎県", "熊本県", "大分県", "宮崎県", "鹿児島県", "沖縄県", NULL,
};

static bool is_place(uint32_t c)
{
	return is_han(c) || is_kana(c) || c == ' ';
}

/* End of a house number that begins at i: 1-2-3, 1丁目2番3号, 10番地; 0 for one number alone. */
static size_t house_end(const struct glyphs *s, size_t i)
{
	static const char *const signs[] = { "-", "丁目", "番地", "番", "号", "の", NULL };
	size_t end = i, parts = 0;

	for (;;) {
		size_t from = i;
		while (is_digit(glyphs_c(s, i)) && i - from < 5)
			i++;
		if (i == from)
			break;
		end = i;
		size_t n = glyphs_spells_any(s, i, signs);
		if (!n)
			break;
		parts++;
		i += n;
		if (s->c[i - 1] != '-' && s->c[i - 1] != 0x306e)
			end = i;
	}
	return parts ? end : 0;
}

/* From a prefecture to a house number behind a city, ward, town, village or district. */
static size_t japanese_end(const struct glyphs *s, size_t i)
{
	size_t n = glyphs_spells_any(s, i, prefectures), k = i + n;
	bool town = false;

	if (!n)
		return 0;
	for (; k - i < 48 && is_place(glyphs_c(s, k)); k++)
		town = town || s->c[k] == 0x5e02 || s->c[k] == 0x533a || s->c[k] == 0x753a ||
		       s->c[k] == 0x6751 || s->c[k] == 0x90e1;
	return town ? house_end(s, k) : 0;
}

/* 〒123-4567, and the address behind it on the same line or the next. */
static size_t postal_end(const struct glyphs *s, size_t i)
{
	size_t k = i + 1, end, digits = 0;

	while (glyphs_c(s, k) == ' ')
		k++;
	for (; digits < 7 && (is_digit(glyphs_c(s, k)) || (digits == 3 && glyphs_c(s, k) == '-')); k++)
		digits += is_digit(s->c[k]);
	if (digits < 7 || is_digit(glyphs_c(s, k)))
		return 0;
	end = k;
	while (k - end < 3 && (glyphs_c(s, k) == ' ' || glyphs_c(s, k) == '\n'))
		k++;
	size_t behind = japanese_end(s, k);
	return behind ? behind : end;
}

static const char *const streets[] = {
	"street", "st", "avenue", "ave", "road", "rd", "boulevard", "blvd", "lane", "ln", "drive", "dr",
	"court", "ct", "way", "place", "pl", "square", "sq", "terrace", "close", "crescent", "gardens",
	"highway", "hwy", "parkway", "pkwy", NULL,
};

/* "NY 10001", "NY 10001-1234", "SW1A 1AA": where it ends, or 0. */
static size_t postcode_end(const struct glyphs *s, size_t i)
{
	size_t k = i;
	uint32_t b = glyphs_before(s, i);

	if (is_alnum(b))
		return 0;
	while (glyphs_c(s, k) >= 'A' && glyphs_c(s, k) <= 'Z' && k - i < 2)
		k++;
	if (k - i == 2 && glyphs_c(s, k) == ' ' && is_digit(glyphs_c(s, k + 1))) {
		size_t from = ++k;
		while (is_digit(glyphs_c(s, k)))
			k++;
		if (k - from != 5 || is_alnum(glyphs_c(s, k)))
			return 0;
		from = k + 1;
		if (glyphs_c(s, k) == '-' && is_digit(glyphs_c(s, from)) && is_digit(glyphs_c(s, from + 1)) &&
		    is_digit(glyphs_c(s, from + 2)) && is_digit(glyphs_c(s, from + 3)))
			k = from + 4;
		return k;
	}
	if (k == i || !is_digit(glyphs_c(s, k)))
		return 0;
	k++;
	if (is_digit(glyphs_c(s, k)) || (is_upper(glyphs_c(s, k)) && is_alnum(glyphs_c(s, k))))
		k++;
	if (glyphs_c(s, k) == ' ')
		k++;
	if (!is_digit(glyphs_c(s, k)) || !is_upper(glyphs_c(s, k + 1)) || !is_upper(glyphs_c(s, k + 2)) ||
	    is_alnum(glyphs_c(s, k + 3)))
		return 0;
	return k + 3;
}

/* A house number, one to five words in capitals of which the last is a kind of street, and within
 * sixty characters a postcode. */
static size_t street_end(const struct glyphs *s, size_t i)
{
	size_t k = i, words = 0;
	bool street = false;

	while (is_digit(glyphs_c(s, k)) && k - i < 6)
		k++;
	if (is_lower(glyphs_c(s, k)) || is_upper(glyphs_c(s, k)))
		k++;
	for (; words < 6 && glyphs_c(s, k) == ' '; words++) {
		size_t from = ++k;
		if (!is_upper(glyphs_c(s, k)) && !is_digit(glyphs_c(s, k)))
			break;
		size_t n = glyphs_spells_any(s, from, streets);
		while (is_alnum(glyphs_c(s, k)) || glyphs_c(s, k) == '\'' || glyphs_c(s, k) == '.')
			k++;
		street = words > 0 && n > 0;
		if (street)
			break;
	}
	if (!street)
		return 0;
	for (size_t from = k; k - from < 60 && k < s->n; k++) {
		size_t end = postcode_end(s, k);
		if (end)
			return end;
	}
	return 0;
}

void redaction_each_address(struct redactions *f)
{
	const struct glyphs *s = &f->s;

	for (size_t i = 0; i < s->n; i++) {
		uint32_t c = s->c[i], b = glyphs_before(s, i);
		size_t end = 0;
		if (c == 0x3012)
			end = postal_end(s, i);
		else if (is_han(c))
			end = japanese_end(s, i);
		else if (is_digit(c) && !is_alnum(b) && b != '.' && b != ',' && b != '$' && b != '-')
			end = street_end(s, i);
		if (end) {
			redaction_add(f, i, end, REDACTION_ADDRESS);
			i = end - 1;
		}
	}
}

/* ---- names ---- */

static const char *const titles[] = { "mr", "mrs", "ms", "dr", "prof", NULL };

/* Behind these and a colon stands a person, if it has the form of a name. */
static const char *const name_keys[] = {
	"full name", "your name", "customer name", "patient name", "contact name", "contact person",
	"first name", "last name", "surname", "owner", "owner name", "registrant name", "pharmacist",
	"superintendent pharmacist", "responsible pharmacist", "director", "name", NULL,
};

/* Words that a person is not called, but a medicine, a company or a shop is. */
static const char *const not_names[] = {
	"pharmacy", "pharma", "pharmaceuticals", "chemist", "chemists", "drug", "drugs", "drugstore",
	"laboratories", "laboratory", "labs", "lab", "health", "healthcare", "medical", "clinic",
	"hospital", "store", "shop", "online", "ltd", "limited", "inc", "llc", "corp", "gmbh", "company",
	"group", "citrate", "hydrochloride", "hcl", "sodium", "acid", "acetate", "maleate", "mesylate",
	"besylate", "phosphate", "sulfate", "sulphate", "tartrate", "calcium", "potassium", "bromide",
	"tablet", "tablets", "capsule", "capsules", "cream", "gel", "oral", "jelly", "soft", "super",
	"professional", "forte", "generic", "brand", "injection", "solution", "spray", "drops", "pills",
	"email", "phone", "address", "price", "quantity", "country", "city", "subject", "message",
	"what", "when", "who", "why", "how", "the", "this", "our", "your", NULL,
};

/* A word in title case, or an initial: where it ends, or 0. */
static size_t title_word(const struct glyphs *s, size_t i)
{
	size_t k = i;

	if (!is_upper(glyphs_c(s, k)) || is_alnum(glyphs_before(s, i)))
		return 0;
	k++;
	if (glyphs_c(s, k) == '.')
		return k + 1;
	while (is_lower(glyphs_c(s, k)) ||
	       ((glyphs_c(s, k) == '-' || glyphs_c(s, k) == '\'' || glyphs_c(s, k) == 0x2019) &&
	        is_upper(glyphs_c(s, k + 1))) ||
	       (is_upper(glyphs_c(s, k)) && k > i + 1 && !is_lower(s->c[k - 1])) ||
	       (is_upper(glyphs_c(s, k)) && k == i + 2 && s->c[i + 1] == 'c'))
		k++;
	return k - i >= 2 && !is_alnum(glyphs_c(s, k)) ? k : 0;
}

/* One to three words in title case with a space between, none of them in not_names; where they end,
 * or 0. *words counts them. */
static size_t person_end(const struct glyphs *s, size_t i, size_t *words)
{
	size_t end = 0;

	for (*words = 0; *words < 4; (*words)++) {
		size_t to = title_word(s, i);
		if (!to)
			break;
		if (glyphs_spells_any(s, i, not_names))
			return 0;
		if (*words < 3)
			end = to;
		if (glyphs_c(s, to) != ' ') {
			/* "Dr. Reddy's" is a maker. */
			if ((glyphs_c(s, to) == '\'' || glyphs_c(s, to) == 0x2019) && *words == 0)
				return 0;
			(*words)++;
			break;
		}
		i = to + 1;
	}
	return end;
}

static bool behind_title(struct redactions *f, size_t i)
{
	const struct glyphs *s = &f->s;
	size_t n = glyphs_spells_any(s, i, titles), words;

	if (!n || !is_upper(s->c[i]) || is_upper(glyphs_c(s, i + 1)))
		return false;
	bool doctor = n == 4 || s->c[i] == 'D'; /* also before names of makers and shops */
	i += n;
	i += glyphs_c(s, i) == '.';
	if (glyphs_c(s, i) != ' ')
		return false;
	size_t end = person_end(s, i + 1, &words);
	if (!end || (doctor && words < 2))
		return false;
	redaction_add(f, i + 1, end, REDACTION_NAME);
	return true;
}

/* The whole line before i is white, or the sentence has just ended: "Product Name:" is no person. */
static bool begins_here(const struct glyphs *s, size_t i)
{
	while (i > 0 && s->c[i - 1] == ' ')
		i--;
	return i == 0 || s->c[i - 1] == '\n' || s->c[i - 1] == '.' || s->c[i - 1] == ',' ||
	       s->c[i - 1] == ';' || s->c[i - 1] == '|' || s->c[i - 1] == '(';
}

static bool behind_key(struct redactions *f, size_t i)
{
	const struct glyphs *s = &f->s;
	size_t n = glyphs_spells_any(s, i, name_keys), best = n, words;

	/* The longest of those that begin alike: "owner", "owner name". */
	for (const char *const *w = name_keys; n && *w; w++) {
		size_t m = glyphs_spells(s, i, *w);
		best = m > best && !is_alnum(glyphs_c(s, i + m)) ? m : best;
	}
	if (!best || !begins_here(s, i))
		return false;
	bool bare = best == 4;                       /* "name" */
	bool half = glyphs_spells(s, i, "first name") || glyphs_spells(s, i, "last name") ||
	            glyphs_spells(s, i, "surname");
	i += best;
	if (glyphs_c(s, i) == ' ')
		i++;
	if (glyphs_c(s, i) != ':')
		return false;
	i++;
	while (glyphs_c(s, i) == ' ')
		i++;
	size_t end = person_end(s, i, &words);
	if (!end || (words < 2 && !half) || (bare && is_digit(glyphs_c(s, end + 1))))
		return false;
	redaction_add(f, i, end, REDACTION_NAME);
	return true;
}

static const char *const japanese_keys[] = {
	"氏名", "お名前", "担当者名", "担当者", "代表者名", "代表者氏名", "代表者", "責任者名", "責任者", "店長",
	"販売責任者", "管理薬剤師", "薬剤師", "代表取締役", NULL,
};

/* Not names, though they stand behind such a word: labels, companies, shops. */
static const char *const japanese_not_names[] = { "株式会社", "有限会社", "合同会社", "薬局", "薬店",
						  "住所", "所在地", "電話", "メール", "連絡先", "必須",
						  "お問い合わせ", "名前", "氏名", "任意", "入力", NULL };

/* Two to ten characters of Han or kana, perhaps with a space within; where they end, or 0. */
static size_t japanese_name_end(const struct glyphs *s, size_t i)
{
	size_t k = i, spaces = 0;

	for (; k - i < 12; k++) {
		if (glyphs_spells_any(s, k, japanese_not_names))
			return 0;
		if (glyphs_c(s, k) == ' ' && (is_han(glyphs_c(s, k + 1)) || is_kana(glyphs_c(s, k + 1))) &&
		    k > i && !spaces)
			spaces = 1;
		else if (!is_han(glyphs_c(s, k)) && !is_kana(glyphs_c(s, k)))
			break;
	}
	uint32_t c = glyphs_c(s, k);
	return k - i >= 2 && !is_han(c) && !is_kana(c) ? k : 0;
}

static bool behind_japanese_key(struct redactions *f, size_t i)
{
	const struct glyphs *s = &f->s;
	size_t n = glyphs_spells_any(s, i, japanese_keys), best = n;

	for (const char *const *w = japanese_keys; n && *w; w++) {
		size_t m = glyphs_spells(s, i, *w);
		best = m > best ? m : best;
	}
	i += best;
	while (best && glyphs_c(s, i) == ' ')
		i++;
	if (!best || glyphs_c(s, i) != ':')
		return false;
	i++;
	while (glyphs_c(s, i) == ' ')
		i++;
	size_t end = japanese_name_end(s, i);
	if (!end)
		return false;
	redaction_add(f, i, end, REDACTION_NAME);
	return true;
}

/* Common surnames: with one of these before it, 様 or さん addresses a person. */
static const char *const surnames[] = {
	"佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "渡邉", "山本", "中村", "小林", "加藤", "吉田", "山田",
	"佐々木", "山口", "松本", "井上", "木村", "斎藤", "斉藤", "清水", "山崎", "池田", "橋本", "阿部", "石川",
	"山下", "中島", "石井", "小川", "前田", "岡田", "長谷川", "藤田", "後藤", "近藤", "村上", "遠藤", "青木",
	"坂本", "福田", "太田", "西村", "藤井", "金子", "藤原", "岡本", "三浦", "中野", "原田", "松田", "竹内",
	"上田", "中川", "小野", "田村", "石田", "森田", "和田", "高田", NULL,
};

static bool before_honorific(struct redactions *f, size_t i)
{
	static const char *const honorifics[] = { "様", "さま", "さん", "氏", "殿", NULL };
	const struct glyphs *s = &f->s;
	size_t n = is_han(glyphs_before(s, i)) ? 0 : glyphs_spells_any(s, i, surnames), k = i + n;

	if (!n)
		return false;
	if (glyphs_c(s, k) == ' ' && is_han(glyphs_c(s, k + 1)))
		k++;
	for (size_t given = 0; given <= 3; given++, k++) {
		size_t end = k - (s->c[k - 1] == ' ');
		size_t from = glyphs_c(s, k) == ' ' ? k + 1 : k;
		if (glyphs_spells_any(s, from, honorifics)) {
			redaction_add(f, i, end, REDACTION_NAME);
			return true;
		}
		if (!is_han(glyphs_c(s, k)))
			break;
	}
	return false;
}

void redaction_each_name(struct redactions *f)
{
	const struct glyphs *s = &f->s;

	for (size_t i = 0; i < s->n; i++) {
		if (is_han(s->c[i]) || s->c[i] == 0x304a) { /* お */
			if (!before_honorific(f, i))
				behind_japanese_key(f, i);
		} else if (is_alnum(s->c[i]) && !is_alnum(glyphs_before(s, i)) &&
		           !behind_title(f, i)) {
			behind_key(f, i);
		}
	}
}
