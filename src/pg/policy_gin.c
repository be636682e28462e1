/*
 * policy_gin.c: the GIN operator class of iam_policy: which policies may say
 * something about a request's action (iam_policy @@ iam_request).
 *
 * Keys are byte strings that begin with a class (index.h):
 *
 *	A	an action's whole name, "s3:getobject"
 *	B	what a name has to begin with, and no more: "s3:get" of s3:Get*
 *	G	what a name has to begin with, and more is asked: "s3:get" of s3:Get*Acl,
 *		and of B the first PREFIX_BYTES of a longer name
 *	N	may concern any action: a NotAction element, `*:Name`
 *	*	concerns any action: `*`, `*:*`; leaves nothing for another key to add, and
 *		then stands alone
 *
 * all in lower case (ACT-1).  A text too long for a key gives its hash, under
 * the class in lower case.  An unusable entry has no key: it matches nothing.
 *
 * A request looks for its action, for each beginning of it, for N and for `*`.
 * One of these keys is necessary for the operator.  A, B and `*` are the operator's
 * own truth, so that a policy found by one of them is not looked at again; the
 * others, and hashes, are rechecked.  The statistics of policy_statistics.c are
 * of the same keys.  Other keys, other texts in them or another meaning need a
 * REINDEX and an ANALYZE: give them classes of their own.
 */
#include "postgres.h"

#include "access/gin.h"
#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "utils/array.h"

#include "pg/index.h"

#define PREFIX_BYTES 64
#define KEY_BYTES 125 /* with the varlena's short header and the class still short */

static void
add(IamPgKeys *keys, IamStr bytes)
{
	if (keys->count == keys->size)
	{
		keys->size = keys->size == 0 ? 16 : 2 * keys->size;
		keys->key = keys->key == NULL ? palloc(sizeof(Datum) * keys->size)
		                              : repalloc(keys->key, sizeof(Datum) * keys->size);
	}
	keys->key[keys->count++] = iam_pg_bytes_datum(bytes);
}

/* The key of service:name, folded. */
static void
add_key(IamPgKeys *keys, char key_class, IamStr service, IamStr name)
{
	Size  len = (Size) service.len + 1 + name.len;
	char *key = palloc(1 + len);
	char  hashed[1 + 16 + 1];
	char *p = key;

	*p++ = key_class;
	for (uint32 i = 0; i < service.len; i++)
		*p++ = iam_fold_char(service.data[i]);
	*p++ = ':';
	for (uint32 i = 0; i < name.len; i++)
		*p++ = iam_fold_char(name.data[i]);
	if (len <= KEY_BYTES)
		add(keys, (IamStr){key, (uint32) (1 + len)});
	else
	{
		snprintf(hashed, sizeof hashed, "%c%016llx", key_class + ('a' - 'A'),
		         (unsigned long long) iam_hash64((IamStr){key + 1, (uint32) len}));
		add(keys, (IamStr){hashed, sizeof hashed - 1});
	}
	pfree(key);
}

/* At most `len` bytes of the name, whole characters only. */
static IamStr
beginning(IamStr name, uint32 len)
{
	if (len < name.len)
		while (len > 0 && ((uint8) name.data[len] & 0xC0) == 0x80)
			len--;
	return (IamStr){name.data, Min(len, name.len)};
}

static void
add_class(IamPgKeys *keys, char key_class)
{
	add(keys, (IamStr){&key_class, 1});
}

static void
add_entry(IamPgKeys *keys, IamActionClass action_class, IamStr service, IamStr name)
{
	uint32 literal = 0;

	if (iam_str_equal(service, IAM_LIT("*")))
	{
		add_class(keys, IAM_KEY_LOOK);
		return;
	}
	while (literal < name.len && name.data[literal] != '*' && name.data[literal] != '?')
		literal++;
	if (action_class == IAM_ACTION_EXACT)
		add_key(keys, IAM_KEY_ACTION, service, name);
	else if (action_class == IAM_ACTION_PREFIX && literal <= PREFIX_BYTES)
		add_key(keys, IAM_KEY_BEGINNING, service, beginning(name, literal));
	else
		add_key(keys, IAM_KEY_GLOB, service, beginning(name, Min(literal, PREFIX_BYTES)));
}

/* False where the statement concerns any action. */
static bool
statement_keys(const IamPolicy *policy, const IamStatement *stmt, IamPgKeys *keys)
{
	const IamAction *actions = IAM_ACTIONS(policy, stmt);
	bool             any = (stmt->flags & IAM_STMT_ANY_ACTION) != 0;

	if (stmt->flags & IAM_STMT_NOT_ACTION)
	{
		/* all but any action is none */
		if (!any)
			add_class(keys, IAM_KEY_LOOK);
		return true;
	}
	for (uint32 i = 0; !any && i < stmt->action_count; i++)
	{
		IamStr         service;
		IamStr         name;
		IamActionClass action_class = iam_action_classify(iam_slice(policy, actions[i].text), &service,
		                                                  &name);

		any = action_class == IAM_ACTION_ANY;
		if (!any && action_class != IAM_ACTION_UNUSABLE)
			add_entry(keys, action_class, service, name);
	}
	return !any;
}

IamPgKeys
iam_pg_policy_keys(const IamPolicy *policy)
{
	IamPgKeys keys = {NULL, 0, 0};

	for (uint32 i = 0; i < policy->statement_count; i++)
		if (!statement_keys(policy, iam_policy_statement(policy, i), &keys))
		{
			keys.count = 0;
			add_class(&keys, IAM_KEY_ANY);
			break;
		}
	return keys;
}

IamPgKeys
iam_pg_request_keys(const IamRequest *request)
{
	IamActionKey action = iam_request_action(request);
	uint32       longest = Min(action.name.len, PREFIX_BYTES);
	IamPgKeys    keys = {NULL, 0, 0};

	add_key(&keys, IAM_KEY_ACTION, action.service, action.name);
	for (uint32 len = 0; len <= longest; len++)
	{
		IamStr prefix = beginning(action.name, len);

		if (prefix.len != len)
			continue;
		add_key(&keys, IAM_KEY_BEGINNING, action.service, prefix);
		add_key(&keys, IAM_KEY_GLOB, action.service, prefix);
	}
	add_class(&keys, IAM_KEY_LOOK);
	add_class(&keys, IAM_KEY_ANY);
	return keys;
}

/* ---- the operator class ---- */

IAM_SQL_FUNCTION(iam_policy_gin_extract_value);

Datum
iam_policy_gin_extract_value(PG_FUNCTION_ARGS)
{
	const IamPolicy *policy = IAM_PG_GETARG_POLICY(0);
	int32           *count = (int32 *) PG_GETARG_POINTER(1);
	IamPgKeys        keys = iam_pg_policy_keys(policy);

	iam_pg_image_free(PG_GETARG_DATUM(0), policy);
	*count = (int32) keys.count;
	PG_RETURN_POINTER(keys.key);
}

/*
 * The type of its first argument is declared as GIN wants it; a request comes.
 * extra[i]: not NULL where key i is the operator's truth.
 */
IAM_SQL_FUNCTION(iam_policy_gin_extract_query);

Datum
iam_policy_gin_extract_query(PG_FUNCTION_ARGS)
{
	const IamRequest *request = IAM_PG_GETARG_REQUEST(0);
	int32            *count = (int32 *) PG_GETARG_POINTER(1);
	StrategyNumber    strategy = PG_GETARG_UINT16(2);
	Pointer         **extra = (Pointer **) PG_GETARG_POINTER(4);
	IamPgKeys         keys;

	if (strategy != IAM_GIN_MAY_MATCH)
		elog(ERROR, "unrecognized strategy number: %d", strategy);
	keys = iam_pg_request_keys(request);
	*count = (int32) keys.count;
	*extra = palloc0(sizeof(Pointer) * keys.count);
	for (uint32 i = 0; i < keys.count; i++)
		if (iam_pg_key_settles(keys.key[i]))
			(*extra)[i] = DatumGetPointer(keys.key[i]);
	PG_RETURN_POINTER(keys.key);
}

IAM_SQL_FUNCTION(iam_policy_gin_consistent);

Datum
iam_policy_gin_consistent(PG_FUNCTION_ARGS)
{
	const bool    *check = (const bool *) PG_GETARG_POINTER(0);
	int32          count = PG_GETARG_INT32(3);
	const Pointer *extra = (const Pointer *) PG_GETARG_POINTER(4);
	bool          *recheck = (bool *) PG_GETARG_POINTER(5);
	bool           found = false;

	*recheck = true;
	for (int32 i = 0; i < count && *recheck; i++)
	{
		found = found || check[i];
		*recheck = !check[i] || extra[i] == NULL;
	}
	PG_RETURN_BOOL(found);
}

/* GIN_TRUE is taken without a recheck. */
IAM_SQL_FUNCTION(iam_policy_gin_tri_consistent);

Datum
iam_policy_gin_tri_consistent(PG_FUNCTION_ARGS)
{
	const GinTernaryValue *check = (const GinTernaryValue *) PG_GETARG_POINTER(0);
	int32                  count = PG_GETARG_INT32(3);
	const Pointer         *extra = (const Pointer *) PG_GETARG_POINTER(4);
	GinTernaryValue        found = GIN_FALSE;

	for (int32 i = 0; i < count && found != GIN_TRUE; i++)
		if (check[i] == GIN_TRUE && extra[i] != NULL)
			found = GIN_TRUE;
		else if (check[i] != GIN_FALSE)
			found = GIN_MAYBE;
	PG_RETURN_GIN_TERNARY_VALUE(found);
}

/* ---- the keys in a readable form ---- */

static int
compare_keys(const void *a, const void *b)
{
	return iam_pg_bytes_compare(iam_pg_bytes(*(const Datum *) a), iam_pg_bytes(*(const Datum *) b));
}

/* text[], each key once, a space behind its class */
static Datum
readable(IamPgKeys keys)
{
	Datum *texts = palloc(sizeof(Datum) * Max(keys.count, 1));
	int    count = 0;

	if (keys.count > 1)
		qsort(keys.key, keys.count, sizeof(Datum), compare_keys);
	for (uint32 i = 0; i < keys.count; i++)
	{
		IamStr key = iam_pg_bytes(keys.key[i]);
		char  *text;

		if (i > 0 && iam_str_equal(key, iam_pg_bytes(keys.key[i - 1])))
			continue;
		text = key.len == 1 ? psprintf("%c", key.data[0])
		                    : psprintf("%c %.*s", key.data[0], (int) key.len - 1, key.data + 1);
		texts[count++] = iam_pg_text((IamStr){text, (uint32) strlen(text)});
	}
	return PointerGetDatum(construct_array(texts, count, TEXTOID, -1, false, TYPALIGN_INT));
}

IAM_SQL_FUNCTION(iam_policy_gin_keys);

Datum
iam_policy_gin_keys(PG_FUNCTION_ARGS)
{
	return readable(iam_pg_policy_keys(IAM_PG_GETARG_POLICY(0)));
}

IAM_SQL_FUNCTION(iam_gin_query_keys);

Datum
iam_gin_query_keys(PG_FUNCTION_ARGS)
{
	return readable(iam_pg_request_keys(IAM_PG_GETARG_REQUEST(0)));
}
