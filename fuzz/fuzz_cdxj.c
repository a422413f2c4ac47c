/* Lines of CDXJ: what is read is written again and read as the same; keys of any address. */
#include "wire/cdxj.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = { (const char *)data, size }, rest = in, line, key, again_key;
	struct cdxj c, again;
	json_t *object = NULL, *again_object = NULL;
	struct buf out = { 0 };

	cdxj_key(slice_sub(in, 0, 8000), &out);
	while (slice_cut(&rest, '\n', &line)) {
		if (cdxj_parse(line, &c, &key, &object, NULL))
			continue;
		buf_clear(&out);
		if (cdxj_put(&c, &out, NULL) == 0) {
			struct slice written = slice_sub(buf_slice(&out), 0, out.n - 1);
			if (cdxj_parse(written, &again, &again_key, &again_object, NULL) == 0) {
				if (!slice_eq(again.uri, c.uri) || again.at_ms != c.at_ms ||
				    again.offset != c.offset || again.length != c.length ||
				    !slice_eq(again.filename, c.filename) ||
				    !slice_eq(again.digest, c.digest) || again.status != c.status)
					__builtin_trap();
				json_decref(again_object);
			} else if (written.n <= CDXJ_LINE_MAX) {
				__builtin_trap();
			}
		}
		json_decref(object);
	}
	buf_release(&out);
	return 0;
}
