/*
 * enum.c: the SQL enums iam_policy_kind and iam_decision as C enums.  Each value
 * is looked up in the catalogs once per call site, then found in fn_extra.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_enum.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "pg/iam_pg.h"

static IamPolicyKind
kind_by_label(Oid value)
{
	HeapTuple tuple = SearchSysCache1(ENUMOID, ObjectIdGetDatum(value));

	if (HeapTupleIsValid(tuple))
	{
		const char *label = NameStr(((Form_pg_enum) GETSTRUCT(tuple))->enumlabel);

		for (int i = 0; i < IAM_KIND_COUNT; i++)
			if (strcmp(label, iam_kind_name((IamPolicyKind) i)) == 0)
			{
				ReleaseSysCache(tuple);
				return (IamPolicyKind) i;
			}
		ReleaseSysCache(tuple);
	}
	ereport(ERROR, errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
	        errmsg("invalid internal value for enum iam_policy_kind: %u", value));
}

IamPolicyKind
iam_pg_kind(IamPgKinds *seen, Oid value)
{
	IamPolicyKind kind;

	for (int i = 0; i < IAM_KIND_COUNT; i++)
		if (seen->oid[i] == value)
			return (IamPolicyKind) i;
	kind = kind_by_label(value);
	seen->oid[kind] = value;
	return kind;
}

IamPolicyKind
iam_pg_kind_arg(FunctionCallInfo fcinfo, int n)
{
	IamPgKinds *seen = fcinfo->flinfo->fn_extra;

	if (seen == NULL)
		seen = fcinfo->flinfo->fn_extra = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(IamPgKinds));
	return iam_pg_kind(seen, PG_GETARG_OID(n));
}

void
iam_pg_decision_labels(FunctionCallInfo fcinfo, Oid *labels)
{
	Oid type = get_func_rettype(fcinfo->flinfo->fn_oid);

	for (int i = 0; i <= IAM_ALLOWED; i++)
	{
		labels[i] = GetSysCacheOid2(ENUMTYPOIDNAME, Anum_pg_enum_oid, ObjectIdGetDatum(type),
		                            CStringGetDatum(iam_decision_name((IamDecision) i)));
		if (!OidIsValid(labels[i]))
			elog(ERROR, "enum %u has no label \"%s\"", type, iam_decision_name((IamDecision) i));
	}
}

Datum
iam_pg_decision(FunctionCallInfo fcinfo, IamDecision decision)
{
	Oid *labels = fcinfo->flinfo->fn_extra;

	if (labels == NULL)
	{
		labels = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, (IAM_ALLOWED + 1) * sizeof(Oid));
		iam_pg_decision_labels(fcinfo, labels);
		fcinfo->flinfo->fn_extra = labels;
	}
	return ObjectIdGetDatum(labels[decision]);
}
