/*
 * evaluate_tables.c: iam_evaluate over the tables, looking up once what several
 * calls of a query have in common.
 *
 * What applies to a request is said in SQL alone (sql/70_evaluate_tables.sql);
 * iam_applicable_policies, which iam_explain reads, and this file put the same
 * functions together.  Per call it is two queries by key: the identity, and its
 * policies.  Kept between the calls of one call site (evaluate_cache.c) are:
 *
 *   - the facts of an account that callers are made of;
 *   - what is asked: the request, the policy of the resource and the RCPs above it,
 *     once for all callers where they get the same, else per account;
 *   - per request and account of the caller: the SCPs;
 *   - documents that are stored out of line, the large ones that many identities
 *     have attached, and per request their effects.
 *
 * Policies that do not depend on the caller are kept as effects.  Nothing goes
 * into the cache before it is complete: an error leaves it as it was.
 */
#include "postgres.h"

#include "access/detoast.h"
#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/memutils.h"

#include "pg/evaluate_tables.h"

typedef struct Call
{
	FunctionCallInfo fcinfo;
	Cache           *cache;
	IamEvaluation    evaluation; /* caller and request, once they are known */
	IamPgArena       arena;
	IamGates         gates;
} Call;

/* Who asks, as iam_resolve_caller says. */
typedef struct Who
{
	const IamCaller *caller;
	Datum            account; /* text */
	Datum            identity;
	bool             account_null;
	bool             identity_null;
	bool             identity_known;
	bool             session_unknown;
} Who;

static SPITupleTable *
run(const Call *call, PlanId id, Datum *values, const char *nulls)
{
	return evaluate_read(call->fcinfo->flinfo->fn_oid, id, values, nulls);
}

static const Account *
account_facts(Call *call, IamStr id, Datum text)
{
	Cache               *cache = call->cache;
	Account             *account = hash_search(cache->accounts, id.data, HASH_FIND, NULL);
	const SPITupleTable *rows;
	Datum                fact[lengthof(account->fact)];
	bool                 null[lengthof(account->fact)];
	MemoryContext        old_context;

	if (account != NULL)
		return account;
	rows = run(call, PLAN_ACCOUNT, &text, NULL);
	if (rows->numvals != 1)
		elog(ERROR, "iam_organization_facts gave " UINT64_FORMAT " rows", (uint64) rows->numvals);
	old_context = MemoryContextSwitchTo(cache->context);
	for (int i = 0; i < (int) lengthof(fact); i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(rows->tupdesc, i);

		fact[i] = evaluate_value(rows, 0, i + 1, &null[i]);
		if (!null[i])
			fact[i] = datumCopy(fact[i], attribute->attbyval, attribute->attlen);
	}
	MemoryContextSwitchTo(old_context);
	account = hash_search(cache->accounts, id.data, HASH_ENTER, NULL);
	for (int i = 0; i < (int) lengthof(fact); i++)
	{
		account->fact[i] = fact[i];
		account->null[i] = null[i] ? 'n' : ' ';
	}
	return account;
}

/* A stored user, role or role session; anybody else, and errors, are for iam_resolve_caller. */
static bool
find_stored_caller(Call *call, Who *who)
{
	static const char *const kinds[] = {
		[IAM_CALLER_USER] = "user",
		[IAM_CALLER_ROLE] = "role",
		[IAM_CALLER_ROLE_SESSION] = "assumed-role",
	};
	FunctionCallInfo     fcinfo = call->fcinfo;
	Datum                principal = PG_GETARG_DATUM(0);
	IamCallerInput       input = {.principal = iam_pg_utf8_arg(principal)};
	const IamCaller     *caller;
	const Account       *account;
	const SPITupleTable *rows;
	IamStr               id;
	Datum                values[9];
	char                 nulls[9];
	IamError             err;
	bool                 null;

	if (!iam_caller_compile(&call->arena.arena, &input, &caller, &err) || caller->kind >= lengthof(kinds) ||
	    kinds[caller->kind] == NULL)
		return false;
	id = iam_slice(caller, caller->account);
	values[0] = principal;
	values[1] = PointerGetDatum(cstring_to_text_with_len(id.data, (int) id.len));
	values[2] = CStringGetTextDatum(kinds[caller->kind]);
	values[3] = iam_pg_text(iam_slice(caller, caller->name));
	memset(nulls, ' ', 4);
	account = account_facts(call, id, values[1]);
	memcpy(&values[4], account->fact, sizeof account->fact);
	memcpy(&nulls[4], account->null, sizeof account->null);
	rows = run(call, PLAN_STORED_CALLER, values, nulls);
	if (rows->numvals == 0)
		return false;
	who->caller = iam_pg_image(evaluate_value(rows, 0, 1, &null), IAM_IMAGE_CALLER);
	who->identity = evaluate_value(rows, 0, 2, &who->identity_null);
	who->account = values[1];
	who->account_null = false;
	who->identity_known = true;
	who->session_unknown = false;
	return true;
}

static void
find_caller(Call *call, Who *who)
{
	FunctionCallInfo     fcinfo = call->fcinfo;
	Datum                principal = PG_GETARG_DATUM(0);
	const SPITupleTable *rows;
	bool                 null;

	if (find_stored_caller(call, who))
		return;
	rows = run(call, PLAN_CALLER, &principal, NULL);
	who->caller = iam_pg_image(evaluate_value(rows, 0, 1, &null), IAM_IMAGE_CALLER);
	who->identity = evaluate_value(rows, 0, 2, &who->identity_null);
	who->account = evaluate_value(rows, 0, 3, &who->account_null);
	who->identity_known = evaluate_true(rows, 0, 4);
	who->session_unknown = evaluate_true(rows, 0, 5);
}

/* Detoasted, in the memory of this call. */
static const IamPolicy *
policy_of(Datum datum)
{
	return (const IamPolicy *) iam_pg_image(datum, IAM_IMAGE_POLICY);
}

static void *
copy_image(MemoryContext context, const void *image)
{
	uint32 size = ((const IamImage *) image)->size;
	void  *copy = MemoryContextAlloc(context, size);

	memcpy(copy, image, size);
	return copy;
}

static void
add(Call *call, IamPolicyKind kind, int level, const IamEffect *effect)
{
	if (!iam_gates_add(&call->arena.arena, &call->gates, kind, level, effect))
		elog(ERROR, "level %d is out of range", level);
}

/* A document that could not be read, or that is not known. */
static void
add_unknown(Call *call, IamPolicyKind kind)
{
	IamEffect effect;

	iam_policy_effect(&call->evaluation, NULL, kind, &effect);
	add(call, kind, 0, &effect);
}

static Document *
find_document(const Cache *cache, DocumentKey *key, const IamRequest *request)
{
	key->request = request;
	return hash_search(cache->documents, key, HASH_FIND, NULL);
}

/* What a policy of the identity says. */
static void
identity_effect(Call *call, Datum datum, IamPolicyKind kind, IamEffect *effect)
{
	Cache                 *cache = call->cache;
	const IamPolicy       *policy;
	DocumentKey            key = {0};
	Document              *document;
	struct varatt_external pointer;

	if (!VARATT_IS_EXTERNAL_ONDISK(DatumGetPointer(datum)))
	{
		iam_policy_effect(&call->evaluation, policy_of(datum), kind, effect);
		return;
	}
	VARATT_EXTERNAL_GET_POINTER(pointer, (struct varlena *) DatumGetPointer(datum));
	key.table = pointer.va_toastrelid;
	key.value = pointer.va_valueid;
	key.kind = kind;
	document = find_document(cache, &key, call->evaluation.request);
	if (document != NULL)
	{
		*effect = document->effect;
		return;
	}
	document = find_document(cache, &key, NULL);
	if (document != NULL)
		policy = document->policy;
	else
	{
		policy = policy_of(datum);
		/* not so many that they push everything else out */
		if (evaluate_cache_has_room(cache, (Size) work_mem * 512))
		{
			const IamPolicy *kept = copy_image(cache->context, policy);

			document = hash_search(cache->documents, &key, HASH_ENTER, NULL);
			document->policy = kept;
		}
	}
	iam_policy_effect(&call->evaluation, policy, kind, effect);
	if (policy->flags & IAM_DEPENDS_ON_CALLER)
		return;
	key.request = call->evaluation.request;
	document = hash_search(cache->documents, &key, HASH_ENTER, NULL);
	document->effect = *effect;
}

/* In the memory of this call; it is moved to the cache when all of a list is there. */
static void
apply(Call *call, AppliedList *list, IamPolicyKind kind, int level, Datum policy, bool null, bool present)
{
	Applied *applied = &list->items[list->count++];

	memset(applied, 0, sizeof *applied);
	applied->kind = kind;
	applied->level = level;
	applied->present = present;
	if (!present)
		return;
	if (!null)
		applied->policy = policy_of(policy);
	if (null || !(applied->policy->flags & IAM_DEPENDS_ON_CALLER))
	{
		iam_policy_effect(&call->evaluation, applied->policy, kind, &applied->effect);
		applied->policy = NULL;
	}
}

/* The control policies of one type above an account, and room for one item more. */
static AppliedList
controls_of(Call *call, IamPolicyKind kind, Datum account, bool null)
{
	AppliedList          list = {0};
	const SPITupleTable *rows = NULL;
	uint64               count = 0;
	Datum                values[2];

	if (!null)
	{
		values[0] = account;
		values[1] = CStringGetTextDatum(kind == IAM_KIND_SCP ? "SERVICE_CONTROL_POLICY"
		                                                     : "RESOURCE_CONTROL_POLICY");
		rows = run(call, PLAN_CONTROLS, values, NULL);
		count = rows->numvals;
	}
	list.items = palloc(mul_size(count + 1, sizeof *list.items));
	for (uint64 i = 0; i < count; i++)
	{
		bool  level_null;
		bool  policy_null;
		int   level = DatumGetInt32(evaluate_value(rows, i, 1, &level_null));
		Datum policy = evaluate_value(rows, i, 2, &policy_null);

		apply(call, &list, kind, level, policy, policy_null, evaluate_true(rows, i, 3));
	}
	return list;
}

static AppliedList
keep(const Cache *cache, AppliedList list)
{
	AppliedList kept = {list.count, NULL};

	kept.items = MemoryContextAlloc(cache->context, mul_size(list.count + 1, sizeof *kept.items));
	for (int i = 0; i < list.count; i++)
	{
		kept.items[i] = list.items[i];
		if (kept.items[i].policy != NULL)
			kept.items[i].policy = copy_image(cache->context, kept.items[i].policy);
	}
	return kept;
}

/* `all` and `own` are the keys for callers of all accounts and of this one. */
static const Question *
make_question(Call *call, const Who *who, const QuestionKey *all, const QuestionKey *own)
{
	FunctionCallInfo     fcinfo = call->fcinfo;
	Cache               *cache = call->cache;
	const SPITupleTable *asked;
	const IamRequest    *request;
	AppliedList          list;
	Question            *question;
	QuestionKey          key;
	Datum                values[6];
	char                 nulls[6];
	Datum                owner;
	char                *bytes;
	bool                 null;

	for (int i = 0; i < 4; i++)
	{
		values[i] = PG_GETARG_DATUM(i + 1);
		nulls[i] = PG_ARGISNULL(i + 1) ? 'n' : ' ';
	}
	values[4] = BoolGetDatum(!PG_ARGISNULL(5) && PG_GETARG_BOOL(5));
	nulls[4] = ' ';
	values[5] = who->account;
	nulls[5] = who->account_null ? 'n' : ' ';
	asked = run(call, PLAN_REQUEST, values, nulls);
	request = iam_pg_image(evaluate_value(asked, 0, 1, &null), IAM_IMAGE_REQUEST);
	call->evaluation.request = request;
	owner = evaluate_value(asked, 0, 2, &null);
	list = controls_of(call, IAM_KIND_RCP, owner, null);
	if (evaluate_true(asked, 0, 5))
	{
		IamPolicyKind kind = iam_pg_kind(&cache->kinds, DatumGetObjectId(evaluate_value(asked, 0, 3, &null)));
		Datum         policy = evaluate_value(asked, 0, 4, &null);

		apply(call, &list, kind, 0, policy, null, true);
	}

	request = copy_image(cache->context, request);
	list = keep(cache, list);
	key = evaluate_true(asked, 0, 6) ? *all : *own;
	bytes = MemoryContextAlloc(cache->context, key.len);
	memcpy(bytes, key.bytes, key.len);
	key.bytes = bytes;
	question = hash_search(cache->questions, &key, HASH_ENTER, NULL);
	question->request = request;
	question->applied = list;
	return question;
}

static void
append_argument(StringInfo bytes, Datum datum, bool null)
{
	uint32 size = PG_UINT32_MAX;

	if (!null)
	{
		const struct varlena *value = PG_DETOAST_DATUM_PACKED(datum);

		size = VARSIZE_ANY_EXHDR(value);
		appendBinaryStringInfo(bytes, (const char *) &size, sizeof size);
		appendBinaryStringInfo(bytes, VARDATA_ANY(value), (int) size);
	}
	else
		appendBinaryStringInfo(bytes, (const char *) &size, sizeof size);
}

static QuestionKey
question_key(const StringInfoData *bytes)
{
	QuestionKey key;

	key.bytes = bytes->data;
	key.len = (uint32) bytes->len;
	key.hash = hash_bytes((const unsigned char *) bytes->data, bytes->len);
	return key;
}

static const Question *
find_question(Call *call, const Who *who)
{
	FunctionCallInfo fcinfo = call->fcinfo;
	StringInfoData   bytes;
	QuestionKey      all;
	QuestionKey      own;
	const Question  *question;

	initStringInfo(&bytes);
	for (int i = 1; i <= 4; i++)
		append_argument(&bytes, PG_GETARG_DATUM(i), PG_ARGISNULL(i));
	appendStringInfoChar(&bytes, !PG_ARGISNULL(5) && PG_GETARG_BOOL(5) ? 't' : 'f');
	all = question_key(&bytes);
	question = hash_search(call->cache->questions, &all, HASH_FIND, NULL);
	if (question != NULL)
		return question;
	append_argument(&bytes, who->account, who->account_null);
	own = question_key(&bytes);
	all.bytes = own.bytes;
	question = hash_search(call->cache->questions, &own, HASH_FIND, NULL);
	return question != NULL ? question : make_question(call, who, &all, &own);
}

/* The SCPs above the caller's account; the request is the evaluation's. */
static AppliedList
find_controls(Call *call, const Who *who)
{
	Cache          *cache = call->cache;
	ControlsKey     key = {0};
	const Controls *found;
	Controls       *controls;
	AppliedList     list = {0};
	const text     *account;

	if (who->account_null)
		return list;
	account = DatumGetTextPP(who->account);
	key.request = call->evaluation.request;
	memcpy(key.account, VARDATA_ANY(account), Min(VARSIZE_ANY_EXHDR(account), sizeof key.account));
	found = hash_search(cache->controls, &key, HASH_FIND, NULL);
	if (found != NULL)
		return found->applied;
	list = keep(cache, controls_of(call, IAM_KIND_SCP, who->account, false));
	controls = hash_search(cache->controls, &key, HASH_ENTER, NULL);
	controls->applied = list;
	return list;
}

static void
add_applied(Call *call, AppliedList list)
{
	for (int i = 0; i < list.count; i++)
	{
		const Applied *applied = &list.items[i];
		IamEffect      effect = applied->effect;

		if (applied->policy != NULL)
			iam_policy_effect(&call->evaluation, applied->policy, applied->kind, &effect);
		add(call, applied->kind, applied->level, applied->present ? &effect : NULL);
	}
}

static void
add_identity_policies(Call *call, const Who *who)
{
	Datum                values[] = {who->account, who->identity};
	const SPITupleTable *rows = run(call, PLAN_IDENTITY, values, NULL);

	for (uint64 i = 0; i < rows->numvals; i++)
	{
		IamPolicyKind kind = evaluate_true(rows, i, 1) ? IAM_KIND_BOUNDARY : IAM_KIND_IDENTITY;
		IamEffect     effect;
		bool          null;
		Datum         policy = evaluate_value(rows, i, 2, &null);

		if (null)
			add_unknown(call, kind);
		else
		{
			identity_effect(call, policy, kind, &effect);
			add(call, kind, 0, &effect);
		}
	}
}

/* The rows that iam_applicable_policies gives, to the core's gates. */
static IamDecision
decide(Call *call)
{
	const Question *question;
	Who             who;

	find_caller(call, &who);
	call->evaluation.caller = who.caller;
	question = find_question(call, &who);
	call->evaluation.request = question->request;

	/* there is an identity side even when it is empty */
	if (who.identity_known)
		add(call, IAM_KIND_IDENTITY, 0, NULL);
	else
		add_unknown(call, IAM_KIND_IDENTITY);
	if (who.session_unknown)
		add_unknown(call, IAM_KIND_SESSION);
	add_applied(call, question->applied);
	add_applied(call, find_controls(call, &who));
	if (!who.account_null && !who.identity_null)
		add_identity_policies(call, &who);
	return iam_decide(&call->evaluation, &call->gates, NULL);
}

static void
check_account_id(Datum id)
{
	if (!iam_is_account_id(iam_pg_utf8_arg(id)))
		ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE),
		        errmsg("invalid account id \"%s\"",
		               TextDatumGetCString(DirectFunctionCall2(text_left, id, Int32GetDatum(64)))),
		        errhint("An account id has 12 digits."));
}

/* iam_evaluate(principal, action, resource, context, resource_account, unknown_context) */
IAM_SQL_FUNCTION(iam_evaluate_tables);

Datum
iam_evaluate_tables(PG_FUNCTION_ARGS)
{
	Call        call;
	IamDecision decision;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	if (!PG_ARGISNULL(4))
		check_account_id(PG_GETARG_DATUM(4));
	call.fcinfo = fcinfo;
	call.cache = evaluate_cache_of(fcinfo);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	iam_pg_arena_init(&call.arena);
	memset(&call.evaluation, 0, sizeof call.evaluation);
	call.evaluation.arena = &call.arena.arena;
	iam_gates_init(&call.gates);
	decision = decide(&call);
	iam_pg_arena_verify(&call.arena);
	iam_pg_arena_release(&call.arena);
	SPI_finish();
	return ObjectIdGetDatum(call.cache->decisions[decision]);
}
