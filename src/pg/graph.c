/*
 * graph.c: iam_assume_closure: everybody who reaches a role through any number
 * of roles (WHO-3), over the edges stored in iam_assume_edge.
 *
 * The edges that matter are read once per call (graph_load.c), by names that
 * became ids (graph_names.c); every role asked about is then one walk against
 * their direction (graph_walk.c).  Memory is bounded by work_mem times
 * hash_mem_multiplier (graph_memory.c).
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "pg/graph.h"

#define COLUMNS 5
#define INTERRUPT_STEP 1024
/* Nodes ahead. */
#define PREFETCH_NEAR 16
#define PREFETCH_FAR 32

/*
 * A row as heap_form_tuple would make it out of what is known here: no column
 * is NULL, names have their sizes, header and target are the same in all rows
 * of a walk.
 */
typedef struct Row
{
	union
	{
		HeapTupleHeaderData header;
		char bytes[MAXALIGN(SizeofHeapTupleHeader) + 3 * INTALIGN(VARHDRSZ + IAM_GRAPH_MAX_NAME) +
		           sizeof(int32) + 1];
	} data;
	Size          source;    /* where it begins */
	MemoryContext converted; /* of the source where the database is not in UTF-8; else NULL */
} Row;

static Row *
make_row(IamGraph *g)
{
	Row *row = iam_graph_alloc(g, sizeof(Row));

	memset(row, 0, sizeof(Row));
	row->data.header.t_hoff = MAXALIGN(SizeofHeapTupleHeader);
	row->data.header.t_infomask = HEAP_HASVARWIDTH;
	HeapTupleHeaderSetNatts(&row->data.header, COLUMNS);
	if (GetDatabaseEncoding() != PG_UTF8)
		row->converted = AllocSetContextCreate(g->context, "iam_assume_closure row", ALLOCSET_SMALL_SIZES);
	return row;
}

/* Padding is zero: that is how a reader knows it from a short header. */
static inline Size
align_column(Row *row, Size at)
{
	while (at % ALIGNOF_INT != 0)
		row->data.bytes[at++] = 0;
	return at;
}

/* These return where the column ends. */

static inline Size
put_name(Row *row, Size at, const char *name)
{
	Size size = VARSIZE_ANY(name);

	if (!VARATT_IS_SHORT(name))
		at = align_column(row, at);
	memcpy(row->data.bytes + at, name, size);
	return at + size;
}

static inline Size
put_integer(Row *row, Size at, int32 value)
{
	at = align_column(row, at);
	memcpy(row->data.bytes + at, &value, sizeof value);
	return at + sizeof value;
}

static void
put_converted(const IamGraph *g, ReturnSetInfo *result, MemoryContext context, uint32 target, uint32 source,
              uint32 state, uint32 next)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	Datum         values[COLUMNS];
	bool          nulls[COLUMNS] = {false};

	values[0] = PointerGetDatum(g->names[target]);
	values[1] = iam_pg_text(iam_graph_name(g, source));
	values[2] = Int32GetDatum((int32) (state >> 1));
	values[3] = PointerGetDatum(g->names[next]);
	values[4] = BoolGetDatum(state & 1);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	MemoryContextSwitchTo(old);
	MemoryContextReset(context);
}

static inline void
put_row(const IamGraph *g, ReturnSetInfo *result, Row *row, uint32 target, uint32 source, uint32 state,
        uint32 next)
{
	HeapTupleData tuple = {0};
	Size          end;

	if (row->converted != NULL)
	{
		put_converted(g, result, row->converted, target, source, state, next);
		return;
	}
	end = put_name(row, row->source, g->names[source]);
	end = put_integer(row, end, (int32) (state >> 1));
	end = put_name(row, end, g->names[next]);
	row->data.bytes[end++] = (char) (state & 1);
	tuple.t_data = &row->data.header;
	tuple.t_len = (uint32) end;
	tuplestore_puttuple(result->setResult, &tuple);
}

/*
 * The rows of a walk that reached many are in the order of ids, which is that
 * of names in memory: half as many cache misses.
 */
static void
put_walk(IamGraph *g, ReturnSetInfo *result, Row *row, uint32 target, uint32 max_hops)
{
	uint32 self;
	uint32 count = iam_graph_walk(g, target, max_hops, &self);
	bool   many = count > g->node_count / 8;
	uint32 end = many ? g->node_count : count;

	row->source = put_name(row, row->data.header.t_hoff, g->names[target]);
	if (self != 0)
		put_row(g, result, row, target, target, self, target);
	for (uint32 i = 0; i < end; i++)
	{
		uint32 source = many ? i : g->queue[i];

		if (i % INTERRUPT_STEP == 0)
			CHECK_FOR_INTERRUPTS();
		if (many && i + PREFETCH_FAR < end)
		{
			const char *next = g->names[g->next[i + PREFETCH_NEAR]];

			iam_prefetch(&g->names[g->next[i + PREFETCH_FAR]]);
			iam_prefetch(next);
			iam_prefetch(next + 48); /* most names have as many bytes */
		}
		if (source != target && g->rank[source] != IAM_GRAPH_NOT_REACHED)
			put_row(g, result, row, target, source, IAM_GRAPH_STATE(g->rank[source]), g->next[source]);
	}
}

/* The roles asked about get the first ids, each one. */
static void
add_targets(IamGraph *g, ArrayType *array)
{
	Datum *values;
	bool  *nulls;
	int    count;

	deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_INT, &values, &nulls, &count);
	for (int i = 0; i < count; i++)
		if (!nulls[i])
		{
			IamStr      name = iam_pg_bytes(values[i]);
			IamGraphKey key = iam_graph_key(g, name);

			iam_graph_intern(g, &key, name);
		}
	pfree(values);
	pfree(nulls);
}

/*
 * Rows in memory are allocated where their store was made: in an ordinary
 * context, before PostgreSQL 18, each would take the next power of two.  All
 * calls of a query share the context, as nobody but the query's end frees it.
 */
static void
init_result(FunctionCallInfo fcinfo)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext  old;

	InitMaterializedSRF(fcinfo, 0);
	tuplestore_end(result->setResult);
	if (fcinfo->flinfo->fn_extra == NULL)
		fcinfo->flinfo->fn_extra = GenerationContextCreate(fcinfo->flinfo->fn_mcxt, "iam_assume_closure rows",
		                                                   ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(fcinfo->flinfo->fn_extra);
	result->setResult = tuplestore_begin_heap((result->allowedModes & SFRM_Materialize_Random) != 0, false,
	                                          work_mem);
	MemoryContextSwitchTo(old);
}

IAM_SQL_FUNCTION(iam_assume_closure);

Datum
iam_assume_closure(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	ArrayType     *asked;
	IamGraph      *g;
	MemoryContext  context;
	Row           *row;
	uint32         max_hops = IAM_GRAPH_MAX_NODES;
	uint32         targets;

	init_result(fcinfo);
	if (!PG_ARGISNULL(1))
	{
		if (PG_GETARG_INT32(1) < 1)
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("max_hops must be at least 1"),
			        errhint("Leave it out for any number of hops."));
		max_hops = Min(max_hops, (uint32) PG_GETARG_INT32(1));
	}
	if (PG_ARGISNULL(0))
		return (Datum) 0;
	asked = PG_GETARG_ARRAYTYPE_P(0);

	context = AllocSetContextCreate(CurrentMemoryContext, "iam_assume_closure", ALLOCSET_DEFAULT_SIZES);
	g = MemoryContextAllocZero(context, sizeof(IamGraph));
	g->context = context;
	g->limit = get_hash_memory_limit();

	iam_graph_init_names(g);
	add_targets(g, asked);
	targets = g->node_count;
	if (!iam_graph_load(g, get_func_namespace(fcinfo->flinfo->fn_oid), ARR_ELEMTYPE(asked), max_hops,
	                    PG_ARGISNULL(2) || PG_GETARG_BOOL(2)))
		ereport(WARNING, errmsg("iam_assume_edge holds no edges"),
		        errhint("Call iam_assume_edge_refresh() after an import."));
	iam_graph_end_names(g);
	iam_graph_arrange(g);

	iam_graph_init_walks(g);
	row = make_row(g);
	for (uint32 target = 0; target < targets; target++)
		put_walk(g, result, row, target, max_hops);
	MemoryContextDelete(context);
	return (Datum) 0;
}
