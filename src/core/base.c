/*
 * base.c: strings, errors and memory of the core.
 */
#include "base.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

bool
iam_str_equal_fold(IamStr a, IamStr b)
{
	if (a.len != b.len)
		return false;
	for (uint32_t i = 0; i < a.len; i++)
		if (iam_fold_char(a.data[i]) != iam_fold_char(b.data[i]))
			return false;
	return true;
}

/* FNV-1a, 32 bits */
uint32_t
iam_hash32_fold(IamStr s)
{
	uint32_t h = 2166136261u;

	for (uint32_t i = 0; i < s.len; i++)
		h = (h ^ (uint8_t) iam_fold_char(s.data[i])) * 16777619u;
	return h;
}

/* FNV-1a, 64 bits, with a final mix so that every result bit depends on every byte */
uint64_t
iam_hash64(IamStr s)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (uint32_t i = 0; i < s.len; i++)
		h = (h ^ (uint8_t) s.data[i]) * UINT64_C(1099511628211);
	h ^= h >> 33;
	h *= UINT64_C(0xff51afd7ed558ccd);
	h ^= h >> 33;
	return h;
}

/* A text that snprintf may have cut inside a character loses that character's rest. */
static void
clip_utf8(char *text)
{
	size_t n = strlen(text);
	size_t start = n;
	size_t need;

	while (start > 0 && ((uint8_t) text[start - 1] & 0xC0) == 0x80)
		start--;
	if (start == 0 || (uint8_t) text[start - 1] < 0xC0)
		return;
	start--;
	need = (uint8_t) text[start] >= 0xF0 ? 4 : (uint8_t) text[start] >= 0xE0 ? 3 : 2;
	if (n - start < need)
		text[start] = '\0';
}

bool
iam_fail(IamError *err, IamStatus status, const char *path, const char *format, ...)
{
	va_list args;

	if (err == NULL)
		return false;
	memset(err, 0, sizeof *err);
	err->status = status;
	if (path != NULL)
	{
		snprintf(err->path, sizeof err->path, "%s", path);
		clip_utf8(err->path);
	}
	va_start(args, format);
	vsnprintf(err->message, sizeof err->message, format, args);
	va_end(args);
	clip_utf8(err->message);
	return false;
}

const char *
iam_quote(IamStr s, char *buf, uint32_t max)
{
	uint32_t n = s.len;

	if (n > max)
	{
		n = max;
		while (n > 0 && ((uint8_t) s.data[n] & 0xC0) == 0x80)
			n--;
	}
	for (uint32_t i = 0; i < n; i++)
		buf[i] = (uint8_t) s.data[i] < 0x20 || s.data[i] == 0x7f ? ' ' : s.data[i];
	strcpy(buf + n, n < s.len ? "..." : "");
	return buf;
}

/* ---- memory ---- */

static void *
malloc_alloc(void *ctx, size_t size)
{
	(void) ctx;
	return malloc(size);
}

static void
malloc_release(void *ctx, void *p)
{
	(void) ctx;
	free(p);
}

const IamHost iam_malloc_host = {malloc_alloc, malloc_release, NULL, NULL};

struct IamArenaChunk
{
	IamArenaChunk *next;
	size_t         used;
	size_t         size;
	uint64_t       bytes[];
};

#define CHUNK_BYTES 8000 /* fits a palloc chunk of 8 kB with its header */
#define ALIGN8(n) (((n) + 7) & ~(size_t) 7)

void
iam_arena_init(IamArena *arena, const IamHost *host)
{
	arena->host = host;
	arena->chunk = NULL;
	arena->failed = false;
}

void *
iam_alloc(IamArena *arena, size_t size)
{
	IamArenaChunk *chunk = arena->chunk;
	void          *p;

	if (size > SIZE_MAX / 2)
	{
		arena->failed = true;
		return NULL;
	}
	size = ALIGN8(size == 0 ? 1 : size);
	if (chunk == NULL || chunk->size - chunk->used < size)
	{
		size_t bytes = size > CHUNK_BYTES ? size : CHUNK_BYTES;

		chunk = arena->host->alloc(arena->host->ctx, sizeof(IamArenaChunk) + bytes);
		if (chunk == NULL)
		{
			arena->failed = true;
			return NULL;
		}
		chunk->used = 0;
		chunk->size = bytes;
		chunk->next = arena->chunk;
		arena->chunk = chunk;
	}
	p = (char *) chunk->bytes + chunk->used;
	chunk->used += size;
	return memset(p, 0, size);
}

void *
iam_alloc_array(IamArena *arena, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / 2 / size)
	{
		arena->failed = true;
		return NULL;
	}
	return iam_alloc(arena, count * size);
}

void
iam_arena_release(IamArena *arena)
{
	while (arena->chunk != NULL)
	{
		IamArenaChunk *next = arena->chunk->next;

		arena->host->release(arena->host->ctx, arena->chunk);
		arena->chunk = next;
	}
}

IamStr
iam_str_copy(IamArena *arena, IamStr s)
{
	char *p = iam_alloc(arena, s.len);

	if (p == NULL)
		return IAM_NO_STR;
	if (s.len > 0)
		memcpy(p, s.data, s.len);
	return (IamStr){p, s.len};
}

IamStr
iam_str_fold(IamArena *arena, IamStr s)
{
	char *p = iam_alloc(arena, s.len);

	if (p == NULL)
		return IAM_NO_STR;
	for (uint32_t i = 0; i < s.len; i++)
		p[i] = iam_fold_char(s.data[i]);
	return (IamStr){p, s.len};
}

/* ---- buffers ---- */

void
iam_buf_init(IamBuf *buf, IamArena *arena)
{
	buf->arena = arena;
	buf->data = NULL;
	buf->len = buf->size = 0;
}

static bool
make_room(IamBuf *buf, size_t len)
{
	size_t size = buf->size == 0 ? 256 : buf->size;
	char  *data;

	if (buf->arena->failed || len > SIZE_MAX / 4 - buf->len)
		return false;
	if (buf->size - buf->len >= len)
		return true;
	while (size - buf->len < len)
		size *= 2;
	data = iam_alloc(buf->arena, size);
	if (data == NULL)
		return false;
	if (buf->len > 0)
		memcpy(data, buf->data, buf->len);
	buf->data = data;
	buf->size = size;
	return true;
}

void
iam_buf_bytes(IamBuf *buf, const void *data, size_t len)
{
	if (len == 0 || !make_room(buf, len))
		return;
	memcpy(buf->data + buf->len, data, len);
	buf->len += len;
}

void
iam_buf_str(IamBuf *buf, IamStr s)
{
	iam_buf_bytes(buf, s.data, s.len);
}

void
iam_buf_cstr(IamBuf *buf, const char *s)
{
	iam_buf_bytes(buf, s, strlen(s));
}

void
iam_buf_char(IamBuf *buf, char c)
{
	iam_buf_bytes(buf, &c, 1);
}

void
iam_buf_format(IamBuf *buf, const char *format, ...)
{
	char    text[512];
	va_list args;
	int     n;

	va_start(args, format);
	n = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (n > 0)
		iam_buf_bytes(buf, text, (size_t) n < sizeof text ? (size_t) n : sizeof text - 1);
}

uint32_t
iam_buf_reserve(IamBuf *buf, size_t len)
{
	size_t off = (buf->len + 3) & ~(size_t) 3;

	if (!make_room(buf, off - buf->len + len))
		return 0;
	memset(buf->data + buf->len, 0, off - buf->len + len);
	buf->len = off + len;
	return (uint32_t) off;
}
