/*
 * holders.c: the aggregate iam_gather_holders and the functions that take its
 * result, iam_holders, apart.
 *
 * Arguments of a row: principal, kind, effect, group, listed.  A NULL kind is no
 * policy: with a group, the principal is a member of it and has what the group
 * has; without one, it is asked about whatever it has.  A NULL effect is a gate
 * without a policy.  A NULL principal is no row.  `listed` is that of the first
 * row: whether the principals are wanted, or how many there are.
 */
#include "postgres.h"

#include "funcapi.h"
#include "miscadmin.h"

#include "pg/holders.h"

#define INTERRUPT_STEP 4096

/* ---- the aggregate ---- */

IAM_SQL_FUNCTION(iam_gather_holders_step);

Datum
iam_gather_holders_step(PG_FUNCTION_ARGS)
{
	HolderState  *state = PG_ARGISNULL(0) ? NULL : (HolderState *) PG_GETARG_POINTER(0);
	MemoryContext context;
	IamStr        principal;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "a transition function was called outside an aggregate");
	if (state == NULL)
		state = holders_create(context, !PG_ARGISNULL(5) && PG_GETARG_BOOL(5));
	if (PG_ARGISNULL(1))
		PG_RETURN_POINTER(state);
	principal = iam_pg_bytes(PG_GETARG_DATUM(1));
	if (!PG_ARGISNULL(2))
		holders_add(state, principal, PG_GETARG_OID(2), iam_pg_kind_arg(fcinfo, 2),
		            PG_ARGISNULL(3) ? NULL : PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(3)));
	else if (!PG_ARGISNULL(4))
		holders_add_member(state, principal, iam_pg_bytes(PG_GETARG_DATUM(4)));
	else
		holders_add_asked(state, principal);
	PG_RETURN_POINTER(state);
}

IAM_SQL_FUNCTION(iam_gather_holders_final);

Datum
iam_gather_holders_final(PG_FUNCTION_ARGS)
{
	MemoryContext context;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "a final function was called outside an aggregate");
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	PG_RETURN_POINTER(holders_finish((HolderState *) PG_GETARG_POINTER(0)));
}

/* ---- the type ---- */

IAM_SQL_FUNCTION(iam_holders_in);

Datum
iam_holders_in(PG_FUNCTION_ARGS)
{
	ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
	        errmsg("cannot accept a value of type %s", "iam_holders"),
	        errhint("iam_gather_holders() makes them."));
	PG_RETURN_VOID();
}

static const Holders *
get_holders(Datum datum)
{
	const Holders *holders = (const Holders *) PG_DETOAST_DATUM(datum);

	if (VARSIZE(holders) < offsetof(Holders, data) || holders->version != HOLDERS_VERSION)
		ereport(ERROR, errcode(ERRCODE_DATA_CORRUPTED),
		        errmsg_internal("value of type iam_holders does not hold together"));
	return holders;
}

IAM_SQL_FUNCTION(iam_holders_out);

Datum
iam_holders_out(PG_FUNCTION_ARGS)
{
	const Holders *holders = get_holders(PG_GETARG_DATUM(0));

	PG_RETURN_CSTRING(
		psprintf("%u combinations of %u effects", holders->combination_count, holders->effect_count));
}

/* ---- what is in it ---- */

static const void *
part(const Holders *holders, uint32 at)
{
	return (const char *) holders + at;
}

/* The argument of a function that returns rows; NULL for NULL, of which there are none. */
static const Holders *
begin_rows(FunctionCallInfo fcinfo)
{
	InitMaterializedSRF(fcinfo, 0);
	return PG_ARGISNULL(0) ? NULL : get_holders(PG_GETARG_DATUM(0));
}

static void
put_row(FunctionCallInfo fcinfo, uint32 row, Datum *values, bool *nulls)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	if (row % INTERRUPT_STEP == 0)
		CHECK_FOR_INTERRUPTS();
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

IAM_SQL_FUNCTION(iam_held_effects);

Datum
iam_held_effects(PG_FUNCTION_ARGS)
{
	const Holders    *holders = begin_rows(fcinfo);
	const HeldEffect *effect;
	const uint32     *begin;
	const uint32     *member;

	if (holders == NULL)
		return (Datum) 0;
	effect = part(holders, holders->effects);
	begin = part(holders, holders->sets);
	member = part(holders, holders->set_members);
	for (uint32 set = 0; set < holders->set_count; set++)
		for (uint32 i = begin[set]; i < begin[set + 1]; i++)
		{
			const HeldEffect *held = &effect[member[i]];
			Datum             image = iam_pg_bytes_datum((IamStr){part(holders, held->at), held->size});
			Datum             values[] = {Int32GetDatum((int32) set), ObjectIdGetDatum(held->kind), image};
			bool              nulls[lengthof(values)] = {false, false, held->size == 0};

			put_row(fcinfo, i, values, nulls);
			pfree(DatumGetPointer(image));
		}
	return (Datum) 0;
}

IAM_SQL_FUNCTION(iam_held_profiles);

Datum
iam_held_profiles(PG_FUNCTION_ARGS)
{
	const Holders     *holders = begin_rows(fcinfo);
	const Profile     *profile;
	const HeldAccount *accounts;

	if (holders == NULL)
		return (Datum) 0;
	profile = part(holders, holders->profiles);
	accounts = part(holders, holders->accounts);
	for (uint32 i = 0; i < holders->profile_count; i++, profile++)
	{
		/* arn:partition: */
		const char *partition = part(holders, accounts[profile->account].at + strlen("arn:"));
		const char *end = memchr(partition, ':', accounts[profile->account].size);
		Datum       partition_text = iam_pg_text((IamStr){partition, (uint32) (end - partition)});
		Datum       kind = iam_pg_text(profile->kind == HOLDER_USER ? IAM_LIT("user") : IAM_LIT("role"));
		Datum       values[] = {Int32GetDatum((int32) i), partition_text, kind,
		                        BoolGetDatum(profile->kind == HOLDER_SERVICE_LINKED_ROLE),
		                        Int32GetDatum((int32) profile->effects)};
		bool        nulls[lengthof(values)] = {false};

		put_row(fcinfo, i, values, nulls);
		pfree(DatumGetPointer(partition_text));
		pfree(DatumGetPointer(kind));
	}
	return (Datum) 0;
}

IAM_SQL_FUNCTION(iam_held_combinations);

Datum
iam_held_combinations(PG_FUNCTION_ARGS)
{
	const Holders     *holders = begin_rows(fcinfo);
	const Combination *combination;
	const HeldAccount *accounts;

	if (holders == NULL)
		return (Datum) 0;
	combination = part(holders, holders->combinations);
	accounts = part(holders, holders->accounts);
	for (uint32 i = 0; i < holders->combination_count; i++, combination++)
	{
		/* the id and a colon are the last of it */
		const HeldAccount *account = &accounts[combination->account];
		const char        *id = part(holders, account->at + account->size - 1 - ACCOUNT_LENGTH);
		Datum              id_text = iam_pg_text((IamStr){id, ACCOUNT_LENGTH});
		Datum values[] = {Int32GetDatum((int32) i), id_text, Int32GetDatum((int32) combination->profile),
		                  Int64GetDatum((int64) combination->principals)};
		bool  nulls[lengthof(values)] = {false};

		put_row(fcinfo, i, values, nulls);
		pfree(DatumGetPointer(id_text));
	}
	return (Datum) 0;
}

IAM_SQL_FUNCTION(iam_held_principals);

Datum
iam_held_principals(PG_FUNCTION_ARGS)
{
	const Holders   *holders = begin_rows(fcinfo);
	const Principal *principal;

	if (holders == NULL)
		return (Datum) 0;
	principal = part(holders, holders->principals);
	for (uint32 i = 0; i < holders->principal_count; i++, principal++)
	{
		Datum arn = iam_pg_bytes_datum((IamStr){part(holders, principal->at), principal->size});
		Datum values[] = {Int32GetDatum((int32) principal->combination), arn};
		bool  nulls[lengthof(values)] = {false};

		put_row(fcinfo, i, values, nulls);
		pfree(DatumGetPointer(arn));
	}
	return (Datum) 0;
}
