/* Files: whole reads with a limit, writes that appear whole or not at all.
 *
 * Paths are C strings in the file system's encoding. Every failure names the path and the system's
 * reason. A library call never prints and never exits. */
#ifndef SYS_FILE_H
#define SYS_FILE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Append the whole file to out. ERR_NOTFOUND, ERR_IO, ERR_NOMEM; ERR_LIMIT when it is longer than
 * limit bytes, and then out is as it was. path "-" is standard input. */
int file_read(const char *path, size_t limit, struct buf *out, struct err *err);

/* Hand a file of any length on in pieces, in constant memory. path "-" is standard input. What fn
 * returns other than 0 ends the reading and is returned; ERR_NOTFOUND, ERR_IO, ERR_NOMEM. */
typedef int (*file_piece_fn)(void *ctx, struct slice piece, struct err *err);
int file_read_pieces(const char *path, file_piece_fn fn, void *ctx, struct err *err);

/* Write a file so that a reader, or a crash, sees the old bytes or the new ones: temporary file in
 * the same folder, fsync, rename, fsync of the folder. ERR_IO. */
int file_write_whole(const char *path, struct slice bytes, struct err *err);

/* The same without making it survive a power cut: a crash of the program leaves whole files only, a
 * power cut may leave an empty or cut one. For many files that one file_sync_all then makes durable
 * together. ERR_IO. */
int file_write_unsynced(const char *path, struct slice bytes, struct err *err);

/* Write behind what a file holds, in one call; one that is absent is made. Nothing is synced. ERR_IO,
 * and then a part may have been written. */
int file_append(const char *path, struct slice bytes, struct err *err);

/* Give a file another name in the same file system, in place of what has that name. ERR_IO. */
int file_move(const char *from, const char *to, struct err *err);

/* Make everything durable that was written to the file system a folder lies on. ERR_IO. */
int file_sync_all(const char *dir, struct err *err);

/* Make a folder and its parents (mode 0777 less umask); one that is there is fine. ERR_IO. */
int file_make_dir(const char *path, struct err *err);

/* The same, so that the folder's name survives a power cut, and those of the parents that are made.
 * The name of one that is there is synced too: who made it may have died before that. */
int file_make_dir_durable(const char *path, struct err *err);

/* Make what was written or renamed in a folder survive a power cut. ERR_IO. */
int file_sync_dir(const char *path, struct err *err);

enum file_kind { FILE_ABSENT, FILE_REGULAR, FILE_DIRECTORY, FILE_OTHER };

/* What is at path (links followed). An error of the system other than absence is ERR_IO. */
int file_kind_of(const char *path, enum file_kind *out, struct err *err);

/* Names in a folder, without "." and "..", sorted bytewise so that walks do not depend on the file
 * system. Free with file_list_free. ERR_NOTFOUND, ERR_IO, ERR_NOMEM. */
int file_list(const char *path, char ***names, size_t *n, struct err *err);
void file_list_free(char **names, size_t n);

/* Seconds since 1970 of the last change, and length in bytes. ERR_NOTFOUND, ERR_IO. */
int file_stat(const char *path, int64_t *mtime, uint64_t *length, struct err *err);

/* Bytes that are free for us on the file system of a path, and that it has. ERR_IO. */
int file_space(const char *path, uint64_t *space, uint64_t *size, struct err *err);

/* Lines of a file of any size, in constant memory.
 *
 * A line longer than limit bytes is delivered cut to limit with too_long set; the rest of it is
 * skipped. The line has no LF and no CR before it; it may hold NUL bytes and any other byte. */
struct file_lines;
int file_lines_open(const char *path, size_t limit, struct file_lines **out, struct err *err);
/* 1 and a line (valid until the next call), 0 at the end, or a negative code. */
int file_lines_next(struct file_lines *f, struct slice *line, bool *too_long, struct err *err);
uint64_t file_lines_offset(const struct file_lines *f); /* bytes read so far, for progress */
void file_lines_close(struct file_lines *f);

#endif
