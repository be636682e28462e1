/*
 * evaluate_tables.h: what iam_evaluate over the tables reads, and what it keeps
 * between calls.
 */
#ifndef IAM_PG_EVALUATE_TABLES_H
#define IAM_PG_EVALUATE_TABLES_H

#include "executor/spi.h"
#include "utils/hsearch.h"
#include "utils/snapmgr.h"

#include "pg/iam_pg.h"

/* ---- evaluate_plans.c: the queries ---- */

typedef enum PlanId
{
	PLAN_ACCOUNT,
	PLAN_STORED_CALLER,
	PLAN_CALLER,
	PLAN_REQUEST,
	PLAN_CONTROLS,
	PLAN_IDENTITY,
	PLAN_COUNT
} PlanId;

/* The rows of a query by `function`, iam_evaluate; in the memory of SPI, which is connected. */
extern SPITupleTable *evaluate_read(Oid function, PlanId id, Datum *values, const char *nulls);
/* Of a row; columns count from 1. */
extern Datum evaluate_value(const SPITupleTable *rows, uint64 row, int column, bool *null);
extern bool  evaluate_true(const SPITupleTable *rows, uint64 row, int column);

/* ---- evaluate_cache.c: what is kept ---- */

#define ACCOUNT_DIGITS 12

/* What decides which rows a query sees. */
typedef struct View
{
	Oid                user;
	LocalTransactionId transaction;
	SubTransactionId   subtransaction; /* rolling one back takes its rows away */
	SnapshotData       snapshot;       /* with its arrays */
} View;

/* What a caller of an account is made of beside its own row. */
typedef struct Account
{
	char  id[ACCOUNT_DIGITS];
	Datum fact[5]; /* columns of PLAN_ACCOUNT */
	char  null[5];
} Account;

/* A policy that applies: its effect, or the document to evaluate for each caller. */
typedef struct Applied
{
	IamPolicyKind    kind;
	int              level;
	bool             present; /* false: an empty gate */
	const IamPolicy *policy;
	IamEffect        effect;
} Applied;

typedef struct AppliedList
{
	int      count;
	Applied *items;
} AppliedList;

typedef struct QuestionKey
{
	uint32      hash;
	uint32      len;
	const char *bytes; /* all arguments but the principal, then the caller's account where it matters */
} QuestionKey;

typedef struct Question
{
	QuestionKey       key;
	const IamRequest *request;
	AppliedList       applied; /* policy of the resource, RCPs */
} Question;

typedef struct ControlsKey
{
	const IamRequest *request;
	char              account[ACCOUNT_DIGITS];
	uint32            zero; /* no byte of a key may be padding */
} ControlsKey;

typedef struct Controls
{
	ControlsKey key;
	AppliedList applied; /* SCPs */
} Controls;

/* A TOAST value; none that a view shows is replaced while the view holds. */
typedef struct DocumentKey
{
	const IamRequest *request; /* NULL: the document itself */
	Oid               table;
	Oid               value;
	uint64            kind;
} DocumentKey;

typedef struct Document
{
	DocumentKey      key;
	const IamPolicy *policy; /* without a request */
	IamEffect        effect; /* on a request, of a document that does not depend on the caller */
} Document;

/* One call site's; everything but the struct itself is in the context. */
typedef struct Cache
{
	Oid           decisions[IAM_ALLOWED + 1];
	IamPgKinds    kinds;
	MemoryContext context;
	bool          shared; /* it may be used by the next call */
	View          view;
	HTAB         *accounts;
	HTAB         *questions;
	HTAB         *controls;
	HTAB         *documents;
} Cache;

/* The cache of this call site, empty unless it shows what a query would read now. */
extern Cache *evaluate_cache_of(FunctionCallInfo fcinfo);
extern bool   evaluate_cache_has_room(const Cache *cache, Size bytes);

#endif
