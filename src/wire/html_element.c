/* Tables of elements, and the few attributes that every element may have. */
#include "wire/html_element.h"

#include "wire/html_style.h"

bool html_is_block(GumboTag tag)
{
	switch (tag) {
	case GUMBO_TAG_HTML: case GUMBO_TAG_BODY: case GUMBO_TAG_ARTICLE: case GUMBO_TAG_SECTION:
	case GUMBO_TAG_NAV: case GUMBO_TAG_ASIDE: case GUMBO_TAG_H1: case GUMBO_TAG_H2:
	case GUMBO_TAG_H3: case GUMBO_TAG_H4: case GUMBO_TAG_H5: case GUMBO_TAG_H6:
	case GUMBO_TAG_HGROUP: case GUMBO_TAG_HEADER: case GUMBO_TAG_FOOTER: case GUMBO_TAG_ADDRESS:
	case GUMBO_TAG_P: case GUMBO_TAG_HR: case GUMBO_TAG_PRE: case GUMBO_TAG_BLOCKQUOTE:
	case GUMBO_TAG_OL: case GUMBO_TAG_UL: case GUMBO_TAG_LI: case GUMBO_TAG_DL:
	case GUMBO_TAG_DT: case GUMBO_TAG_DD: case GUMBO_TAG_FIGURE: case GUMBO_TAG_FIGCAPTION:
	case GUMBO_TAG_MAIN: case GUMBO_TAG_DIV: case GUMBO_TAG_TABLE: case GUMBO_TAG_CAPTION:
	case GUMBO_TAG_TBODY: case GUMBO_TAG_THEAD: case GUMBO_TAG_TFOOT: case GUMBO_TAG_TR:
	case GUMBO_TAG_TD: case GUMBO_TAG_TH: case GUMBO_TAG_FORM: case GUMBO_TAG_FIELDSET:
	case GUMBO_TAG_LEGEND: case GUMBO_TAG_LABEL: case GUMBO_TAG_SELECT: case GUMBO_TAG_OPTGROUP:
	case GUMBO_TAG_OPTION: case GUMBO_TAG_TEXTAREA: case GUMBO_TAG_DETAILS:
	case GUMBO_TAG_SUMMARY: case GUMBO_TAG_MENU: case GUMBO_TAG_DIR: case GUMBO_TAG_LISTING:
	case GUMBO_TAG_XMP: case GUMBO_TAG_PLAINTEXT: case GUMBO_TAG_CENTER:
	case GUMBO_TAG_MARQUEE: case GUMBO_TAG_TITLE: case GUMBO_TAG_NOSCRIPT:
	case GUMBO_TAG_DATALIST:
		return true;
	default:
		return false;
	}
}

bool html_is_left_out(GumboTag tag)
{
	switch (tag) {
	case GUMBO_TAG_STYLE: case GUMBO_TAG_TEMPLATE: case GUMBO_TAG_IFRAME:
	case GUMBO_TAG_OBJECT: case GUMBO_TAG_EMBED: case GUMBO_TAG_NOEMBED:
	case GUMBO_TAG_NOFRAMES: case GUMBO_TAG_AUDIO: case GUMBO_TAG_VIDEO:
	case GUMBO_TAG_CANVAS: case GUMBO_TAG_APPLET:
		return true;
	default:
		return false;
	}
}

bool html_hides(const GumboNode *n, GumboTag tag)
{
	switch (tag) {
	case GUMBO_TAG_HTML: /* scripts reveal a page that is hidden as a whole */
	case GUMBO_TAG_BODY:
		return false;
	case GUMBO_TAG_NOSCRIPT:
	case GUMBO_TAG_DATALIST:
	case GUMBO_TAG_RT: /* reading aids between the characters of a word */
	case GUMBO_TAG_RP:
	case GUMBO_TAG_RTC:
		return true;
	case GUMBO_TAG_UNKNOWN: {
		GumboStringPiece name = n->v.element.original_tag;
		gumbo_tag_from_original_text(&name);
		if (html_is(slice_from(name.data, name.length), "dialog") &&
		    !html_attribute(n, "open").p)
			return true;
		break;
	}
	default:
		break;
	}
	return html_attribute(n, "hidden").p || html_style_hides(html_attribute(n, "style"));
}

bool html_is_reversed(const GumboNode *n, GumboTag tag)
{
	if (tag == GUMBO_TAG_BDO)
		return html_is(slice_trim(html_attribute(n, "dir")), "rtl");
	return html_style_reverses(html_attribute(n, "style"));
}

enum block_region html_region(const GumboNode *n, GumboTag tag, enum block_region outer)
{
	struct slice role = html_attribute(n, "role");

	if (role.n) {
		if (html_is(role, "banner"))
			return REGION_HEADER;
		if (html_is(role, "navigation"))
			return REGION_NAV;
		if (html_is(role, "main"))
			return REGION_MAIN;
		if (html_is(role, "complementary"))
			return REGION_ASIDE;
		if (html_is(role, "contentinfo"))
			return REGION_FOOTER;
	}
	switch (tag) {
	case GUMBO_TAG_HEADER: return REGION_HEADER;
	case GUMBO_TAG_NAV: return REGION_NAV;
	case GUMBO_TAG_MAIN:
	case GUMBO_TAG_ARTICLE: return REGION_MAIN;
	case GUMBO_TAG_ASIDE: return REGION_ASIDE;
	case GUMBO_TAG_FOOTER: return REGION_FOOTER;
	default: return outer;
	}
}
