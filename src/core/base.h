/*
 * base.h: what every file of the core shares: strings, three-valued logic,
 * errors, memory, limits.
 *
 * The core is plain C99 and knows nothing of PostgreSQL.  It allocates only
 * through the host it is given, keeps no state of its own, calls no locale
 * function and never jumps: every failure is a status the caller sees.
 */
#ifndef IAM_BASE_H
#define IAM_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* ---- limits, checked before anything is allocated ---- */

#define IAM_MAX_POLICY_BYTES (1024 * 1024)       /* text of one policy; AWS's largest is 131,072 */
#define IAM_MAX_REQUEST_BYTES (16 * 1024 * 1024) /* text of one request document with its policies */
#define IAM_MAX_DEPTH 32                         /* nesting of any document we parse; a policy needs 6 */
#define IAM_MAX_STATEMENTS 4096                  /* AWS has no number, only sizes */
#define IAM_MAX_PATTERN_BYTES 2048 /* one ARN, action or resource pattern; AWS's longest ARN is 1,600 */
#define IAM_MAX_CONTEXT_KEYS 4096  /* keys of one request's context */
#define IAM_MAX_LEVELS 16          /* root, at most 5 nested OUs, account */

/* ---- strings: a pointer and a length, never NUL-terminated ---- */

typedef struct IamStr
{
	const char *data;
	uint32_t    len;
} IamStr;

#define IAM_LIT(s) ((IamStr){(s), sizeof(s) - 1})
#define IAM_NO_STR ((IamStr){NULL, 0})

static inline bool
iam_str_equal(IamStr a, IamStr b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool
iam_str_starts(IamStr s, IamStr prefix)
{
	return s.len >= prefix.len && memcmp(s.data, prefix.data, prefix.len) == 0;
}

/* ASCII letters only: services, actions and condition keys hold no others */
static inline char
iam_fold_char(char c)
{
	return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
}

bool     iam_str_equal_fold(IamStr a, IamStr b);
uint32_t iam_hash32_fold(IamStr s); /* hash of the folded bytes; frozen, it is stored */
uint64_t iam_hash64(IamStr s);      /* hash of the bytes; frozen, it is stored */

/* ---- three-valued logic (EVAL-14): AND is min, OR is max ---- */

typedef enum IamTri
{
	IAM_NO = 0,
	IAM_UNKNOWN = 1,
	IAM_YES = 2
} IamTri;

static inline IamTri
iam_and(IamTri a, IamTri b)
{
	return a < b ? a : b;
}

static inline IamTri
iam_or(IamTri a, IamTri b)
{
	return a > b ? a : b;
}

static inline IamTri
iam_not(IamTri a)
{
	return (IamTri) (IAM_YES - a);
}

/* ---- errors: the host turns a status into its own error code ---- */

typedef enum IamStatus
{
	IAM_OK = 0,
	IAM_BAD_SYNTAX,   /* the text is not what it should be */
	IAM_BAD_ARGUMENT, /* a member's value is outside its domain */
	IAM_OVER_LIMIT,   /* one of the limits above */
	IAM_CORRUPT,      /* a stored image does not hold together */
	IAM_NO_MEMORY
} IamStatus;

typedef struct IamError
{
	IamStatus status;
	char      path[256]; /* JSON path such as $.Statement[1].Action, or empty */
	int       line;      /* 1-based where the parser knows no path, else 0 */
	int       column;
	char      message[256]; /* a full sentence without the place */
	char      hint[192];    /* one action, or empty */
} IamError;

/* Fills *err (which may be NULL) and returns false. The message is printf-style. */
bool iam_fail(IamError *err, IamStatus status, const char *path, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/*
 * At most `max` bytes of s, clipped on a character boundary and with control
 * characters replaced, for use with %s in a message. Returns buf (size max + 4).
 */
const char *iam_quote(IamStr s, char *buf, uint32_t max);

/* ---- memory ---- */

/*
 * What the core needs of its host.  alloc returns NULL when memory is short;
 * interrupt is polled in loops over input and may leave by longjmp, because
 * the core holds nothing but host memory then (json_in.c does not poll).
 */
typedef struct IamHost
{
	void *(*alloc)(void *ctx, size_t size);
	void (*release)(void *ctx, void *p);
	void (*interrupt)(void *ctx);
	void *ctx;
} IamHost;

extern const IamHost iam_malloc_host; /* for tests and tools outside a backend */

typedef struct IamArenaChunk IamArenaChunk;

typedef struct IamArena
{
	const IamHost *host;
	IamArenaChunk *chunk;
	bool           failed; /* some allocation failed: results built since are not to be used */
} IamArena;

void   iam_arena_init(IamArena *arena, const IamHost *host);
void  *iam_alloc(IamArena *arena, size_t size); /* zeroed, 8-byte aligned; NULL sets failed */
void  *iam_alloc_array(IamArena *arena, size_t count, size_t size); /* overflow-checked */
void   iam_arena_release(IamArena *arena);
IamStr iam_str_copy(IamArena *arena, IamStr s);
IamStr iam_str_fold(IamArena *arena, IamStr s);

static inline void
iam_poll(const IamArena *arena)
{
	if (arena != NULL && arena->host->interrupt != NULL)
		arena->host->interrupt(arena->host->ctx);
}

/* A growing byte buffer in an arena. After a failed allocation appends do nothing. */
typedef struct IamBuf
{
	IamArena *arena;
	char     *data;
	size_t    len;
	size_t    size;
} IamBuf;

void iam_buf_init(IamBuf *buf, IamArena *arena);
void iam_buf_bytes(IamBuf *buf, const void *data, size_t len);
void iam_buf_str(IamBuf *buf, IamStr s);
void iam_buf_cstr(IamBuf *buf, const char *s);
void iam_buf_char(IamBuf *buf, char c);
void iam_buf_format(IamBuf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Room for len zeroed bytes at the next multiple of 4; returns its offset. */
uint32_t iam_buf_reserve(IamBuf *buf, size_t len);

static inline IamStr
iam_buf_result(const IamBuf *buf)
{
	return (IamStr){buf->data, (uint32_t) buf->len};
}

/* ---- flat images: offsets from the image's first byte, no pointers ---- */

typedef struct IamSlice
{
	uint32_t off; /* 0: absent (an image's header is there) */
	uint32_t len;
} IamSlice;

/* All images begin so; `size` covers the whole image. */
typedef struct IamImage
{
	uint8_t  format;
	uint8_t  type;     /* IamImageType */
	uint16_t reserved; /* 0 */
	uint32_t size;
} IamImage;

typedef enum IamImageType
{
	IAM_IMAGE_POLICY = 1,
	IAM_IMAGE_REQUEST = 2,
	IAM_IMAGE_CALLER = 3,
	IAM_IMAGE_EFFECT = 4
} IamImageType;

static inline const void *
iam_at(const void *image, uint32_t off)
{
	return (const char *) image + off;
}

static inline IamStr
iam_slice(const void *image, IamSlice slice)
{
	return (IamStr){slice.off == 0 ? NULL : (const char *) image + slice.off, slice.len};
}

#endif
