/*
 * iam_pg.h: what the files of the PostgreSQL glue share.  Include postgres.h
 * first.
 *
 * The glue turns datums into what the core reads, core errors into SQLSTATEs,
 * and owns memory.  Text that reaches the core is UTF-8, whatever the database
 * encoding is, and so are our own stored types: their hashes and order do not
 * depend on the database.
 */
#ifndef IAM_PG_H
#define IAM_PG_H

#include "fmgr.h"
#include "lib/stringinfo.h"

#include "core/iam_core.h"
#include "pg/compat.h"

/* Declares an SQL-callable function and exports it (the rest of the library is hidden). */
#define IAM_SQL_FUNCTION(f)                       \
	extern PGDLLEXPORT Datum f(PG_FUNCTION_ARGS); \
	PG_FUNCTION_INFO_V1(f)

/* Version byte that leads every binary (send/recv) form. */
#define IAM_PG_WIRE_VERSION 1

/* ---- host.c: memory for the core ---- */

/* One chunk of this size is part of the arena itself, so that small work allocates nothing. */
#define IAM_PG_FIRST_CHUNK 8192

typedef struct IamPgArena
{
	IamArena      arena;
	IamHost       host;
	MemoryContext context;
	bool          first_used;
	uint64        first[IAM_PG_FIRST_CHUNK / sizeof(uint64)];
} IamPgArena;

/* Memory comes from CurrentMemoryContext; the struct must not move while in use. */
extern void iam_pg_arena_init(IamPgArena *a);
extern void iam_pg_arena_release(IamPgArena *a);
/* Raises out of memory if some allocation of the arena failed. */
extern void iam_pg_arena_verify(IamPgArena *a);

/* ---- image.c: flat images in datums ---- */

/* The image in a datum of ours, detoasted; a header that does not fit raises data corrupted. */
extern const void *iam_pg_image(Datum datum, IamImageType type);
/* Frees what iam_pg_image had to copy. */
extern void  iam_pg_image_free(Datum datum, const void *image);
extern Datum iam_pg_image_datum(const void *image);
/* A copy of the whole datum, detoasted, in the current context. */
extern struct varlena *iam_pg_image_copy(Datum datum, IamImageType type);

static inline const void *
iam_pg_image_of(const struct varlena *v)
{
	return VARDATA(v);
}

#define IAM_PG_GETARG_POLICY(n) ((const IamPolicy *) iam_pg_image(PG_GETARG_DATUM(n), IAM_IMAGE_POLICY))
#define IAM_PG_GETARG_REQUEST(n) ((const IamRequest *) iam_pg_image(PG_GETARG_DATUM(n), IAM_IMAGE_REQUEST))
#define IAM_PG_GETARG_CALLER(n) ((const IamCaller *) iam_pg_image(PG_GETARG_DATUM(n), IAM_IMAGE_CALLER))

/* ---- text.c: encodings and result values ---- */

extern IamStr iam_pg_utf8(const char *text, size_t len); /* from the database encoding */
extern IamStr iam_pg_utf8_arg(Datum text);               /* of a text or json datum */
extern char  *iam_pg_cstring(IamStr utf8);               /* to the database encoding, palloc'd */
extern Datum  iam_pg_text(IamStr utf8);
/* The two below never fail: what the encoding lacks is escaped as JSON does, or becomes a '?'. */
extern char *iam_pg_json_cstring(IamStr utf8);
extern char *iam_pg_message(IamStr utf8);
/* Has the database encoding all of its characters? */
extern bool   iam_pg_showable(IamStr utf8);
extern Datum  iam_pg_jsonb(IamStr utf8);
extern IamStr iam_pg_recv_text(StringInfo message, const char *type); /* after the version byte */
extern bytea *iam_pg_send_text(IamStr utf8);                          /* version byte and text */

/* ---- error.c ---- */

/* A text of the core, which may have been clipped inside a character, in the database encoding; never fails. */
extern const char *iam_pg_reportable(const char *text);

/*
 * The error of a type's input function; softly where escontext asks for it, the
 * caller then returns.  `binary`: the text came from a recv function.
 */
extern void iam_pg_input_error(struct Node *escontext, const char *type, bool binary, const IamError *err);
/* The error of a function whose argument `what` is unusable. */
pg_noreturn extern void iam_pg_argument_error(const char *what, const IamError *err);

/* ---- effect.c ---- */

/* What the image of an effect holds; its formulas are in the arena.  A bad one raises data corrupted. */
extern void iam_pg_effect(IamPgArena *a, const void *image, IamEffect *effect);

/* ---- enum.c: our enums without a catalog look-up per row ---- */

typedef struct IamPgKinds
{
	Oid oid[IAM_KIND_COUNT]; /* InvalidOid until seen */
} IamPgKinds;

extern IamPolicyKind iam_pg_kind(IamPgKinds *seen, Oid value);
/* Argument n, which is not NULL; remembers what it has seen in fn_extra. */
extern IamPolicyKind iam_pg_kind_arg(FunctionCallInfo fcinfo, int n);

/* The OIDs of the labels of iam_decision, which the function returns: IAM_ALLOWED + 1 of them. */
extern void iam_pg_decision_labels(FunctionCallInfo fcinfo, Oid *labels);
/* As the result of this call; remembers the labels' OIDs in fn_extra. */
extern Datum iam_pg_decision(FunctionCallInfo fcinfo, IamDecision decision);

/* ---- facts.c: members of a JSON argument ---- */

/* Argument n of type json, in the arena; NULL: absent. A bad one raises, named as `what`. */
extern const IamJson *iam_pg_json_arg(FunctionCallInfo fcinfo, int n, IamPgArena *a, const char *what);
/* A member of an object that is written, unless the slice is absent. */
extern void iam_pg_key_slice(IamBuf *buf, const char *key, const void *image, IamSlice slice);

typedef enum IamPgFactType
{
	IAM_PG_STRING, /* IamStr; null is absent */
	IAM_PG_BOOL,   /* bool; null is false */
	IAM_PG_JSON    /* const IamJson *; null is absent */
} IamPgFactType;

typedef struct IamPgFact
{
	const char   *name;
	IamPgFactType type;
	size_t        offset; /* of the field in the struct that is filled */
} IamPgFact;

extern bool
iam_pg_facts(const IamJson *object, const IamPgFact *facts, int count, void *fields, IamError *err);
/* {"key":"value"} or {"key":["value", ...]}: a context or tags, as they were given. */
extern void iam_pg_entries_json(IamBuf *buf, const void *image, uint32_t off, uint32_t count);

/* ---- policy_io.c ---- */

/* iam_policy_compile, and refuses what this database could not show, or dump. */
extern bool iam_pg_policy_compile(IamPgArena *a, IamStr text, const IamPolicy **policy, IamError *err);

/* ---- arn_io.c ---- */

/* The bytes of an arn or arn_pattern datum: UTF-8, in place where possible. */
extern IamStr iam_pg_bytes(Datum datum);
extern Datum  iam_pg_bytes_datum(IamStr bytes);
extern uint64 iam_pg_hash_seeded(uint64 hash, uint64 seed);
extern int    iam_pg_bytes_compare(IamStr a, IamStr b);

#endif
