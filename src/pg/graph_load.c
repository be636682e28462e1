/*
 * graph_load.c: the edges of iam_assume_edge come into memory.
 *
 * Two ways.  As long as few roles matter, hop by hop: a query over the primary
 * key gives the edges to the roles that the hop before has found.  Otherwise
 * all of them, in one scan.  Both are ordinary queries with the caller's
 * snapshot, privileges and row-level security, whose rows come straight from
 * the executor.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/pg_enum.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "executor/tuptable.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "optimizer/plancat.h"
#include "tcop/dest.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "pg/graph.h"

#define MAX_EDGES (PG_UINT32_MAX / 2)
#define FIRST_EDGES 256

/* Names that are looked up together, so that their cache misses overlap. */
#define BATCH_NAMES 64
#define BATCH_BYTES (8 * 1024)

/* Roles in one query. */
#define FRONTIER_ROLES 1000

/*
 * A role that is looked up costs as much as some fifty edges in a scan.  If all
 * else is read after all, the hops before were in vain: where each one has far
 * more roles than the one before, that is known soon.
 */
#define ROLES_SHARE 100 /* of the edges that may be looked up rather than scanned: one in so many */
#define GROWING_ROLES_SHARE 2500
#define GROWTH 2
#define FEW_ROLES 1000

#define INTERRUPT_STEP 4096

typedef enum NameUse
{
	NAME_TARGET,
	NAME_SOURCE,
	NAME_CONDITIONAL_SOURCE
} NameUse;

/* A name that has no id yet. */
typedef struct PendingName
{
	IamGraphKey key;
	IamStr      name;
	NameUse     use;
} PendingName;

/* The columns that are read, as edges_query puts them. */
#define TARGET 1
#define SOURCE 2
#define DECISION 3

/* Where the rows of a query go. */
typedef struct EdgeReceiver
{
	DestReceiver  receiver;
	IamGraph     *graph;
	MemoryContext scratch; /* of a row's names that are not in place */
	bool          scratch_used;
	bool          convert;     /* the database is not in UTF-8 */
	Oid           conditional; /* the value of iam_decision */
	bool          read_conditional;
	bool          any_edge; /* seen, conditional or not */

	uint32      count;
	PendingName pending[BATCH_NAMES];
	Size        used;
	char        bytes[BATCH_BYTES];

	uint32 target_len; /* of the row before; 0: none */
	char   target[IAM_GRAPH_MAX_NAME];
} EdgeReceiver;

/* ---- rows ---- */

static void
add_run(IamGraph *g, uint32 target)
{
	if (g->run_count == g->run_room)
	{
		uint32 room = g->run_room == 0 ? FIRST_EDGES : g->run_room * 2;

		g->runs = iam_graph_enlarge(g, g->runs, sizeof(IamGraphRun) * (Size) g->run_room,
		                            sizeof(IamGraphRun) * (Size) room);
		g->run_room = room;
	}
	g->runs[g->run_count++] = (IamGraphRun){target, g->edge_count};
}

static void
add_source(IamGraph *g, uint32 source, bool conditional)
{
	if (g->edge_count == g->edge_room)
	{
		uint32 room = g->edge_room == 0 ? FIRST_EDGES : g->edge_room * 2;

		if (g->edge_room > MAX_EDGES / 2)
			ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			        errmsg("iam_assume_edge has more than %u edges", g->edge_room));
		g->sources = iam_graph_enlarge(g, g->sources, sizeof(uint32) * (Size) g->edge_room,
		                               sizeof(uint32) * (Size) room);
		g->edge_room = room;
	}
	g->sources[g->edge_count++] = source << 1 | conditional;
}

static void
add_batch(EdgeReceiver *r)
{
	IamGraph *g = r->graph;

	for (uint32 i = 0; i < r->count; i++)
	{
		const PendingName *pending = &r->pending[i];
		uint32             id = iam_graph_intern(g, &pending->key, pending->name);

		if (pending->use == NAME_TARGET)
			add_run(g, id);
		else
			add_source(g, id, pending->use == NAME_CONDITIONAL_SOURCE);
	}
	r->count = 0;
	r->used = 0;
}

static inline void
add_pending(EdgeReceiver *r, IamStr name, NameUse use)
{
	PendingName *pending;
	char        *copy;

	if (r->count == BATCH_NAMES || r->used + name.len > BATCH_BYTES)
		add_batch(r);
	pending = &r->pending[r->count++];
	copy = r->bytes + r->used;
	memcpy(copy, name.data, name.len);
	r->used += name.len;
	pending->key = iam_graph_key(r->graph, name);
	pending->name = (IamStr){copy, name.len};
	pending->use = use;
	iam_prefetch(&r->graph->buckets[iam_graph_home(r->graph->bucket_bits, pending->key.word[3])]);
}

/* The bytes of a text or an arn, in place where possible. */
static inline IamStr
row_name(EdgeReceiver *r, Datum datum, bool convert)
{
	struct varlena *v = (struct varlena *) DatumGetPointer(datum);
	IamStr          name;

	if (convert || VARATT_IS_EXTERNAL(v) || VARATT_IS_COMPRESSED(v))
	{
		MemoryContext old = MemoryContextSwitchTo(r->scratch);

		v = pg_detoast_datum_packed(v);
		name = (IamStr){VARDATA_ANY(v), (uint32) VARSIZE_ANY_EXHDR(v)};
		if (convert)
			name = iam_pg_utf8(name.data, name.len);
		r->scratch_used = true;
		MemoryContextSwitchTo(old);
	}
	else
		name = (IamStr){VARDATA_ANY(v), (uint32) VARSIZE_ANY_EXHDR(v)};
	if (name.len > IAM_GRAPH_MAX_NAME)
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
		        errmsg("a principal of iam_assume_edge has more than %d bytes", IAM_GRAPH_MAX_NAME));
	return name;
}

static bool
receive_row(TupleTableSlot *slot, DestReceiver *self)
{
	EdgeReceiver *r = (EdgeReceiver *) self;
	IamStr        target;
	IamStr        source;
	bool          conditional;

	r->any_edge = true;
	if (r->scratch_used)
	{
		MemoryContextReset(r->scratch);
		r->scratch_used = false;
	}
	slot_getsomeattrs(slot, DECISION + 1);
	if (slot->tts_isnull[TARGET] || slot->tts_isnull[SOURCE] || slot->tts_isnull[DECISION])
		return true;
	conditional = DatumGetObjectId(slot->tts_values[DECISION]) == r->conditional;
	if (conditional && !r->read_conditional)
		return true;
	target = row_name(r, slot->tts_values[TARGET], false);
	source = row_name(r, slot->tts_values[SOURCE], r->convert);
	/* rows that were written together, or come by the index, are of one role */
	if (target.len != r->target_len || memcmp(target.data, r->target, target.len) != 0)
	{
		memcpy(r->target, target.data, target.len);
		r->target_len = target.len;
		add_pending(r, target, NAME_TARGET);
	}
	add_pending(r, source, conditional ? NAME_CONDITIONAL_SOURCE : NAME_SOURCE);
	return true;
}

static void
begin_rows(DestReceiver *self, int operation, TupleDesc desc)
{
	EdgeReceiver *r = (EdgeReceiver *) self;
	Oid           type = TupleDescAttr(desc, DECISION)->atttypid;

	r->target_len = 0;
	r->conditional = GetSysCacheOid2(ENUMTYPOIDNAME, Anum_pg_enum_oid, ObjectIdGetDatum(type),
	                                 CStringGetDatum(iam_decision_name(IAM_CONDITIONAL)));
	if (!OidIsValid(r->conditional))
		elog(ERROR, "enum %u has no label \"%s\"", type, iam_decision_name(IAM_CONDITIONAL));
}

static void
end_rows(DestReceiver *self)
{
	add_batch((EdgeReceiver *) self);
}

static void
destroy_receiver(DestReceiver *self)
{
}

static EdgeReceiver *
make_receiver(IamGraph *g, bool read_conditional)
{
	EdgeReceiver *r = iam_graph_alloc(g, sizeof(EdgeReceiver));

	memset(&r->receiver, 0, sizeof r->receiver);
	r->receiver.receiveSlot = receive_row;
	r->receiver.rStartup = begin_rows;
	r->receiver.rShutdown = end_rows;
	r->receiver.rDestroy = destroy_receiver;
	r->receiver.mydest = DestTuplestore; /* any that takes rows */
	r->graph = g;
	r->scratch = AllocSetContextCreate(g->context, "iam_assume_closure row", ALLOCSET_SMALL_SIZES);
	r->convert = GetDatabaseEncoding() != PG_UTF8;
	r->read_conditional = read_conditional;
	r->scratch_used = false;
	r->any_edge = false;
	r->count = 0;
	r->used = 0;
	return r;
}

/* ---- queries ---- */

static char *
edges_query(const char *schema_name, bool by_role)
{
	StringInfoData query;

	initStringInfo(&query);
	/* all columns, in the table's order: what a scan reads needs no projection then */
	appendStringInfo(&query,
	                 "SELECT e.account_id, e.target, e.source, e.decision, e.kind, e.conditions FROM %s AS e",
	                 quote_qualified_identifier(schema_name, "iam_assume_edge"));
	/* the primary key begins with the account */
	if (by_role)
		appendStringInfo(
			&query,
			" JOIN ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2)) AS f (account_id, target)"
			" ON e.account_id OPERATOR(pg_catalog.=) f.account_id"
			" AND e.target OPERATOR(%s.=) f.target",
			quote_identifier(schema_name));
	return query.data;
}

static void
check_spi(int result, int expected)
{
	if (result != expected)
		elog(ERROR, "reading iam_assume_edge failed: %s", SPI_result_code_string(result));
}

static SPIExecuteOptions
read_options(EdgeReceiver *r)
{
	return (SPIExecuteOptions){.read_only = true, .must_return_tuples = true, .dest = &r->receiver};
}

static void
read_all(const char *schema_name, EdgeReceiver *r)
{
	SPIExecuteOptions options = read_options(r);

	check_spi(SPI_execute_extended(edges_query(schema_name, false), &options), SPI_OK_SELECT);
}

/* Is there an edge that the caller may see? */
static bool
exists_edge(const char *schema_name)
{
	char *query = psprintf("SELECT FROM %s LIMIT 1",
	                       quote_qualified_identifier(schema_name, "iam_assume_edge"));

	check_spi(SPI_execute(query, true, 0), SPI_OK_SELECT);
	return SPI_processed > 0;
}

static ParamExternData
array_param(Datum *values, int count, Oid type)
{
	return (ParamExternData){
		.value = PointerGetDatum(construct_array(values, count, type, -1, false, TYPALIGN_INT)),
		.ptype = get_array_type(type),
		.pflags = PARAM_FLAG_CONST,
	};
}

/* The edges to the roles among the nodes from `first` to `end`. */
static void
read_roles(IamGraph *g, EdgeReceiver *r, SPIPlanPtr plan, Oid arn, uint32 first, uint32 end)
{
	MemoryContext     context = AllocSetContextCreate(CurrentMemoryContext, "iam_assume_closure roles",
	                                                  ALLOCSET_DEFAULT_SIZES);
	MemoryContext     old = MemoryContextSwitchTo(context);
	SPIExecuteOptions options = read_options(r);
	Datum            *accounts = palloc(FRONTIER_ROLES * sizeof(Datum));
	Datum            *roles = palloc(FRONTIER_ROLES * sizeof(Datum));
	int               count = 0;

	for (uint32 id = first; id < end; id++)
	{
		IamArn parts;

		/* only an ARN can be assumed: no service, no * */
		if (!iam_arn_split(iam_graph_name(g, id), &parts))
			continue;
		accounts[count] = iam_pg_text(parts.account);
		roles[count++] = PointerGetDatum(g->names[id]);
	}
	if (count > 0)
	{
		options.params = makeParamList(2);
		options.params->params[0] = array_param(accounts, count, TEXTOID);
		options.params->params[1] = array_param(roles, count, arn);
		check_spi(SPI_execute_plan_extended(plan, &options), SPI_OK_SELECT);
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(context);
}

/* How many edges there are, from the planner's statistics. */
static double
estimated_edges(Oid schema)
{
	Oid         table = get_relname_relid("iam_assume_edge", schema);
	Relation    relation;
	BlockNumber pages;
	double      edges;
	double      visible;

	if (!OidIsValid(table))
		elog(ERROR, "schema %u has no iam_assume_edge", schema);
	relation = table_open(table, AccessShareLock);
	estimate_rel_size(relation, NULL, &pages, &edges, &visible);
	table_close(relation, AccessShareLock);
	return edges;
}

/* Reads hop by hop; false when that is too much. */
static bool
read_hops(IamGraph *g, EdgeReceiver *r, const char *schema_name, Oid arn, double edges, uint32 max_hops)
{
	Oid        types[] = {TEXTARRAYOID, get_array_type(arn)};
	SPIPlanPtr plan = NULL;
	uint32     before = 0; /* roles of the hop before */
	uint32     begin = 0;

	for (uint32 hop = 1; hop <= max_hops && begin < g->node_count; hop++)
	{
		uint32 end = g->node_count;
		bool   growing = hop < max_hops && end - begin > GROWTH * before;

		if (end > Max(edges / (growing ? GROWING_ROLES_SHARE : ROLES_SHARE), FEW_ROLES))
			return false;
		if (plan == NULL && (plan = SPI_prepare(edges_query(schema_name, true), 2, types)) == NULL)
			elog(ERROR, "reading iam_assume_edge failed: %s", SPI_result_code_string(SPI_result));
		before = end - begin;
		for (; begin < end; begin += Min(end - begin, FRONTIER_ROLES))
			read_roles(g, r, plan, arn, begin, Min(end, begin + FRONTIER_ROLES));
	}
	return true;
}

bool
iam_graph_load(IamGraph *g, Oid schema, Oid arn, uint32 max_hops, bool conditional)
{
	const char   *schema_name = get_namespace_name(schema);
	EdgeReceiver *r = make_receiver(g, conditional);
	bool          any_edge;

	if (schema_name == NULL)
		elog(ERROR, "cache lookup failed for schema %u", schema);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (!read_hops(g, r, schema_name, arn, estimated_edges(schema), max_hops))
	{
		g->edge_count = 0;
		g->run_count = 0;
		read_all(schema_name, r);
	}
	any_edge = r->any_edge || exists_edge(schema_name);
	SPI_finish();
	MemoryContextDelete(r->scratch);
	iam_graph_free(g, r, sizeof(EdgeReceiver));
	return any_edge;
}

/* ---- by target ---- */

/* How many edges the run has, which is not the last. */
static inline uint32
run_length(const IamGraph *g, uint32 run)
{
	return g->runs[run + 1].begin - g->runs[run].begin;
}

static void
arrange_sources(IamGraph *g)
{
	uint32 *sources = iam_graph_alloc(g, sizeof(uint32) * (Size) g->edge_count);
	uint32 *start = iam_graph_alloc(g, sizeof(uint32) * ((Size) g->node_count + 2));
	uint32  runs = g->run_count;

	/* sizes two places on: after the sums, start[t + 1] is where the next source of t goes */
	memset(start, 0, sizeof(uint32) * ((Size) g->node_count + 2));
	add_run(g, 0); /* where the last one ends */
	for (uint32 i = 0; i < runs; i++)
	{
		if (i % INTERRUPT_STEP == 0)
			CHECK_FOR_INTERRUPTS();
		start[g->runs[i].target + 2] += run_length(g, i);
	}
	for (uint32 n = 2; n < g->node_count + 2; n++)
		start[n] += start[n - 1];
	for (uint32 i = 0; i < runs; i++)
	{
		uint32 *place = &start[g->runs[i].target + 1];

		if (i % INTERRUPT_STEP == 0)
			CHECK_FOR_INTERRUPTS();
		memcpy(sources + *place, g->sources + g->runs[i].begin, sizeof(uint32) * (Size) run_length(g, i));
		*place += run_length(g, i);
	}
	iam_graph_free(g, g->runs, sizeof(IamGraphRun) * (Size) g->run_room);
	iam_graph_free(g, g->sources, sizeof(uint32) * (Size) g->edge_room);
	g->runs = NULL;
	g->sources = sources;
	g->start = start;
}

/* Among those that can be a next role: it depends on the name alone. */
static void
order_targets(IamGraph *g)
{
	g->order = iam_graph_alloc(g, sizeof(uint32) * (Size) g->node_count);
	for (uint32 n = 0; n < g->node_count; n++)
	{
		IamStr name;

		if (n % INTERRUPT_STEP == 0)
			CHECK_FOR_INTERRUPTS();
		if (g->start[n] == g->start[n + 1])
			continue;
		name = iam_graph_name(g, n);
		g->order[n] = hash_bytes((const unsigned char *) name.data, (int) name.len);
	}
}

void
iam_graph_arrange(IamGraph *g)
{
	arrange_sources(g);
	order_targets(g);
}
