/*
 * policy_gin.c: the GIN operator class of iam_policy: which policies may say
 * something about a request's action (iam_policy @@ iam_request).
 *
 * Keys are byte strings that begin with a class:
 *
 *	A	an action's whole name, "s3:getobject"
 *	P	what an action's name has to begin with, "s3:get" of s3:Get* and of
 *		s3:Get*Acl; of the name at most PREFIX_BYTES
 *	W	may concern any action: a NotAction element, `*`, `*:*`, `*:Name`
 *
 * all in lower case (ACT-1).  A text too long for a key gives its hash, under
 * the class in lower case.  W leaves nothing for another key to add, and then
 * stands alone.  An unusable entry has no key: it matches nothing.
 *
 * A request looks for its action, for each beginning of it and for W: one of
 * these keys is necessary for the operator, never sufficient, so that every
 * match is rechecked.  Other keys, or other texts in them, need a REINDEX: give
 * them classes of their own.
 */
#include "postgres.h"

#include "access/gin.h"
#include "access/stratnum.h"
#include "catalog/pg_type.h"
#include "utils/array.h"

#include "pg/index.h"

#define CLASS_ACTION 'A'
#define CLASS_PREFIX 'P'
#define CLASS_ANY 'W'

#define PREFIX_BYTES 64
#define KEY_BYTES 125 /* with the varlena's short header and the class still short */

typedef struct Keys
{
	Datum *key; /* bytea */
	uint32 count;
	uint32 size;
} Keys;

static void
add(Keys *keys, IamStr bytes)
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
add_key(Keys *keys, char key_class, IamStr service, IamStr name)
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

/* False where the statement may concern any action. */
static bool
statement_keys(const IamPolicy *policy, const IamStatement *stmt, Keys *keys)
{
	const IamAction *actions = IAM_ACTIONS(policy, stmt);

	if (stmt->flags & (IAM_STMT_NOT_ACTION | IAM_STMT_ANY_ACTION))
		return false;
	for (uint32 i = 0; i < stmt->action_count; i++)
	{
		IamStr service;
		IamStr name;
		uint32 literal = 0;

		switch (iam_action_classify(iam_slice(policy, actions[i].text), &service, &name))
		{
			case IAM_ACTION_UNUSABLE:
				continue;
			case IAM_ACTION_ANY:
				return false;
			default:
				break;
		}
		if (iam_str_equal(service, IAM_LIT("*")))
			return false;
		while (literal < name.len && name.data[literal] != '*' && name.data[literal] != '?')
			literal++;
		if (literal == name.len)
			add_key(keys, CLASS_ACTION, service, name);
		else
			add_key(keys, CLASS_PREFIX, service, beginning(name, Min(literal, PREFIX_BYTES)));
	}
	return true;
}

static Keys
policy_keys(const IamPolicy *policy)
{
	Keys keys = {NULL, 0, 0};

	for (uint32 i = 0; i < policy->statement_count; i++)
		if (!statement_keys(policy, iam_policy_statement(policy, i), &keys))
		{
			const char any = CLASS_ANY;

			keys.count = 0;
			add(&keys, (IamStr){&any, 1});
			break;
		}
	return keys;
}

static Keys
request_keys(const IamRequest *request)
{
	IamActionKey action = iam_request_action(request);
	uint32       longest = Min(action.name.len, PREFIX_BYTES);
	const char   any = CLASS_ANY;
	Keys         keys = {NULL, 0, 0};

	add_key(&keys, CLASS_ACTION, action.service, action.name);
	for (uint32 len = 0; len <= longest; len++)
	{
		IamStr prefix = beginning(action.name, len);

		if (prefix.len == len)
			add_key(&keys, CLASS_PREFIX, action.service, prefix);
	}
	add(&keys, (IamStr){&any, 1});
	return keys;
}

/* ---- the operator class ---- */

IAM_SQL_FUNCTION(iam_policy_gin_extract_value);

Datum
iam_policy_gin_extract_value(PG_FUNCTION_ARGS)
{
	const IamPolicy *policy = IAM_PG_GETARG_POLICY(0);
	int32           *count = (int32 *) PG_GETARG_POINTER(1);
	Keys             keys = policy_keys(policy);

	iam_pg_image_free(PG_GETARG_DATUM(0), policy);
	*count = (int32) keys.count;
	PG_RETURN_POINTER(keys.key);
}

/* The type of its first argument is declared as GIN wants it; a request comes. */
IAM_SQL_FUNCTION(iam_policy_gin_extract_query);

Datum
iam_policy_gin_extract_query(PG_FUNCTION_ARGS)
{
	const IamRequest *request = IAM_PG_GETARG_REQUEST(0);
	int32            *count = (int32 *) PG_GETARG_POINTER(1);
	StrategyNumber    strategy = PG_GETARG_UINT16(2);
	Keys              keys;

	if (strategy != IAM_GIN_MAY_MATCH)
		elog(ERROR, "unrecognized strategy number: %d", strategy);
	keys = request_keys(request);
	*count = (int32) keys.count;
	PG_RETURN_POINTER(keys.key);
}

/* Is one of the keys there? */
IAM_SQL_FUNCTION(iam_policy_gin_consistent);

Datum
iam_policy_gin_consistent(PG_FUNCTION_ARGS)
{
	const bool *check = (const bool *) PG_GETARG_POINTER(0);
	int32       count = PG_GETARG_INT32(3);
	bool       *recheck = (bool *) PG_GETARG_POINTER(5);

	*recheck = true;
	for (int32 i = 0; i < count; i++)
		if (check[i])
			PG_RETURN_BOOL(true);
	PG_RETURN_BOOL(false);
}

/* Never GIN_TRUE: that would be taken without a recheck. */
IAM_SQL_FUNCTION(iam_policy_gin_tri_consistent);

Datum
iam_policy_gin_tri_consistent(PG_FUNCTION_ARGS)
{
	const GinTernaryValue *check = (const GinTernaryValue *) PG_GETARG_POINTER(0);
	int32                  count = PG_GETARG_INT32(3);

	for (int32 i = 0; i < count; i++)
		if (check[i] != GIN_FALSE)
			PG_RETURN_GIN_TERNARY_VALUE(GIN_MAYBE);
	PG_RETURN_GIN_TERNARY_VALUE(GIN_FALSE);
}

/* ---- the keys in a readable form ---- */

static int
compare_keys(const void *a, const void *b)
{
	return iam_pg_bytes_compare(iam_pg_bytes(*(const Datum *) a), iam_pg_bytes(*(const Datum *) b));
}

/* text[], each key once, a space behind its class */
static Datum
readable(Keys keys)
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
	return readable(policy_keys(IAM_PG_GETARG_POLICY(0)));
}

IAM_SQL_FUNCTION(iam_gin_query_keys);

Datum
iam_gin_query_keys(PG_FUNCTION_ARGS)
{
	return readable(request_keys(IAM_PG_GETARG_REQUEST(0)));
}
