/*
 * graph.c: iam_assume_closure: everybody who reaches a role through any number
 * of roles (WHO-3), over the edges stored in iam_assume_edge.
 *
 * The edges are read once per call, by an ordinary query with the caller's
 * snapshot, privileges and row-level security, whose rows go straight into the
 * graph.  Names become dense ids by way of a hash table; a hash only finds
 * candidates, equality is that of the bytes.  The edges are then laid out by
 * their target, and every role asked about is one breadth-first walk against
 * their direction.
 *
 * Memory is bounded by work_mem times hash_mem_multiplier.
 */
#include "postgres.h"

#include "access/tupdesc.h"
#include "common/pg_prng.h"
#include "executor/spi.h"
#include "executor/tuptable.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "tcop/dest.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "pg/iam_pg.h"

#define MAX_NAME_BYTES 2048           /* of a principal: no ARN is longer */
#define MAX_NODES (PG_UINT32_MAX / 4) /* an id and a flag fit in 32 bits, sums of two do as well */
#define MAX_EDGES (PG_UINT32_MAX / 2)

#define FIRST_SLOTS 1024
/* Chunks of names grow with what there is of them. */
#define MIN_NAME_CHUNK ((Size) 8 * 1024)
#define MAX_NAME_CHUNK ((Size) 8 * 1024 * 1024)
#define EDGE_CHUNK 1024 /* edges in a chunk */

/* Edges whose names are looked up together, so that their cache misses overlap. */
#define BATCH_EDGES 64
#define BATCH_BYTES (16 * 1024)

#define INTERRUPT_STEP 1024
#define PREFETCH_NEAR 8 /* places ahead in a walk's queue */
#define PREFETCH_FAR 16

#ifdef __GNUC__
#define prefetch(address) __builtin_prefetch(address)
#else
#define prefetch(address) ((void) (address))
#endif

/* A place of the hash table: free where name is NULL. */
typedef struct Slot
{
	const char *name; /* a varlena that may be unaligned and has either header */
	uint32      hash;
	uint32      id;
} Slot;

typedef struct Edge
{
	uint32 source;
	uint32 target; /* id << 1 | conditional */
} Edge;

typedef struct EdgeChunk
{
	struct EdgeChunk *next;
	uint32            count;
	Edge              edges[EDGE_CHUNK];
} EdgeChunk;

/* A name to look up. */
typedef struct Principal
{
	const char *data;
	uint32      len;
	uint32      hash;
} Principal;

/* An edge whose names are not looked up yet. */
typedef struct PendingEdge
{
	Principal source;
	Principal target;      /* unset where same_target */
	bool      same_target; /* as that of the edge before it */
	bool      conditional;
} PendingEdge;

typedef struct Graph
{
	MemoryContext context;
	MemoryContext scratch; /* of one batch, one result row */
	Size          used;
	Size          limit;
	uint64        seed;

	Slot        *slots;
	uint32       slot_mask;
	const char **names; /* by id */
	uint32       node_count;
	uint32       node_room;
	char        *name_chunk;
	Size         name_left;
	Size         name_bytes; /* of all chunks */

	EdgeChunk *first;
	EdgeChunk *last;
	uint32     edge_count;
	bool       read_conditional;
	bool       any_edge; /* seen, conditional or not */

	uint32 *start;   /* node_count + 1: where a target's sources begin */
	uint32 *sources; /* id << 1 | conditional */

	uint32 *reached; /* hops << 1 | conditional; 0: not reached */
	uint32 *next;    /* the role that a reached one goes to */
	uint32 *queue;
} Graph;

/* Where the query's rows go. */
typedef struct EdgeReceiver
{
	DestReceiver receiver;
	Graph       *graph;
	uint32       count;
	PendingEdge  pending[BATCH_EDGES];
	Principal    target; /* of the last of them */
	Size         used;
	char         bytes[BATCH_BYTES];
} EdgeReceiver;

/* ---- memory ---- */

static void *
graph_alloc(Graph *g, Size size)
{
	if (size > g->limit - g->used)
		ereport(
			ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			errmsg("the edges of iam_assume_edge need more memory than allowed"),
			errdetail(
				"The limit, work_mem times hash_mem_multiplier, is %zu kB; it was reached after %u edges.",
				g->limit / 1024, g->edge_count),
			errhint("Raise work_mem."));
	g->used += size;
	return MemoryContextAllocHuge(g->context, Max(size, 1));
}

static void
graph_free(Graph *g, const void *p, Size size)
{
	pfree(unconstify(void *, p));
	g->used -= size;
}

/* ---- names ---- */

/* The seed is new in each call, so that names cannot be prepared to share a hash. */
static uint32
hash_name(const char *data, uint32 len, uint64 seed)
{
	uint64 h = seed ^ len;
	uint64 word;

	for (; len > sizeof word; data += sizeof word, len -= sizeof word)
	{
		memcpy(&word, data, sizeof word);
		h = (h ^ word) * UINT64CONST(0x9e3779b97f4a7c15);
		h ^= h >> 32;
	}
	word = 0;
	for (uint32 i = 0; i < len; i++)
		word = word << 8 | (uint8) data[i];
	h = (h ^ word) * UINT64CONST(0xff51afd7ed558ccd);
	return (uint32) (h >> 32);
}

static inline bool
name_equals(const char *name, const char *data, uint32 len)
{
	return VARSIZE_ANY_EXHDR(name) == len && memcmp(VARDATA_ANY(name), data, len) == 0;
}

static const char *
store_name(Graph *g, const char *data, uint32 len)
{
	Size  header = len + VARHDRSZ_SHORT <= VARATT_SHORT_MAX ? VARHDRSZ_SHORT : VARHDRSZ;
	Size  size = INTALIGN(header + len);
	char *name;

	if (size > g->name_left)
	{
		g->name_left = Min(Max(g->name_bytes / 4, MIN_NAME_CHUNK), MAX_NAME_CHUNK);
		g->name_chunk = graph_alloc(g, g->name_left);
		g->name_bytes += g->name_left;
	}
	name = g->name_chunk;
	g->name_chunk += size;
	g->name_left -= size;
	if (header == VARHDRSZ_SHORT)
		SET_VARSIZE_SHORT(name, header + len);
	else
		SET_VARSIZE(name, header + len);
	memcpy(name + header, data, len);
	return name;
}

static void
grow_slots(Graph *g)
{
	Slot  *old = g->slots;
	uint32 old_count = old == NULL ? 0 : g->slot_mask + 1;
	uint32 count = old == NULL ? FIRST_SLOTS : old_count * 2;
	Slot  *slots = graph_alloc(g, sizeof(Slot) * (Size) count);

	memset(slots, 0, sizeof(Slot) * (Size) count);
	for (uint32 i = 0; i < old_count; i++)
	{
		uint32 at = old[i].hash & (count - 1);

		if (old[i].name == NULL)
			continue;
		while (slots[at].name != NULL)
			at = (at + 1) & (count - 1);
		slots[at] = old[i];
	}
	if (old != NULL)
		graph_free(g, old, sizeof(Slot) * (Size) old_count);
	g->slots = slots;
	g->slot_mask = count - 1;
}

static void
grow_names(Graph *g)
{
	uint32       room = g->node_room == 0 ? FIRST_SLOTS : g->node_room * 2;
	const char **names = graph_alloc(g, sizeof(char *) * (Size) room);

	if (g->names != NULL)
	{
		memcpy(names, g->names, sizeof(char *) * (Size) g->node_count);
		graph_free(g, g->names, sizeof(char *) * (Size) g->node_room);
	}
	g->names = names;
	g->node_room = room;
}

/* The slot of a name; a free one where it has none. */
static inline Slot *
find_slot(const Graph *g, const Principal *p)
{
	uint32 at = p->hash & g->slot_mask;

	while (g->slots[at].name != NULL &&
	       (g->slots[at].hash != p->hash || !name_equals(g->slots[at].name, p->data, p->len)))
		at = (at + 1) & g->slot_mask;
	return &g->slots[at];
}

static uint32
intern(Graph *g, const Principal *p)
{
	Slot *slot = find_slot(g, p);

	if (slot->name != NULL)
		return slot->id;
	if (g->node_count >= MAX_NODES)
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
		        errmsg("iam_assume_edge names more than %u principals", MAX_NODES));
	if (g->node_count >= (g->slot_mask + 1) / 2)
	{
		grow_slots(g);
		slot = find_slot(g, p);
	}
	if (g->node_count == g->node_room)
		grow_names(g);
	slot->name = store_name(g, p->data, p->len);
	slot->hash = p->hash;
	slot->id = g->node_count;
	g->names[g->node_count++] = slot->name;
	return slot->id;
}

/* ---- reading the edges ---- */

static void
add_edge(Graph *g, uint32 source, uint32 target, bool conditional)
{
	if (g->last == NULL || g->last->count == EDGE_CHUNK)
	{
		EdgeChunk *chunk = graph_alloc(g, sizeof(EdgeChunk));

		if (g->edge_count >= MAX_EDGES - EDGE_CHUNK)
			ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			        errmsg("iam_assume_edge has more than %u edges", MAX_EDGES - EDGE_CHUNK));
		chunk->next = NULL;
		chunk->count = 0;
		if (g->last == NULL)
			g->first = chunk;
		else
			g->last->next = chunk;
		g->last = chunk;
	}
	g->last->edges[g->last->count++] = (Edge){source, target << 1 | conditional};
	g->edge_count++;
}

static inline void
prefetch_name(const Graph *g, const Principal *name)
{
	const Slot *slot = &g->slots[name->hash & g->slot_mask];

	if (slot->hash == name->hash && slot->name != NULL)
	{
		prefetch(slot->name);
		prefetch(slot->name + name->len);
	}
}

static void
add_batch(EdgeReceiver *r)
{
	Graph *g = r->graph;
	uint32 target = 0;

	for (uint32 i = 0; i < r->count; i++)
	{
		prefetch_name(g, &r->pending[i].source);
		if (!r->pending[i].same_target)
			prefetch_name(g, &r->pending[i].target);
	}
	for (uint32 i = 0; i < r->count; i++)
	{
		if (!r->pending[i].same_target)
			target = intern(g, &r->pending[i].target);
		add_edge(g, intern(g, &r->pending[i].source), target, r->pending[i].conditional);
	}
	r->count = 0;
	r->used = 0;
}

static inline Principal
copy_name(EdgeReceiver *r, IamStr name)
{
	char     *copy = r->bytes + r->used;
	Principal result = {copy, name.len, hash_name(name.data, name.len, r->graph->seed)};

	memcpy(copy, name.data, name.len);
	r->used += name.len;
	prefetch(&r->graph->slots[result.hash & r->graph->slot_mask]);
	return result;
}

static void
edges_begin(DestReceiver *self, int operation, TupleDesc desc)
{
}

static bool
edges_receive(TupleTableSlot *slot, DestReceiver *self)
{
	EdgeReceiver *r = (EdgeReceiver *) self;
	PendingEdge  *pending;
	MemoryContext old;
	IamStr        source;
	IamStr        target;
	bool          conditional;

	r->graph->any_edge = true;
	slot_getallattrs(slot);
	if (slot->tts_isnull[0] || slot->tts_isnull[1] || slot->tts_isnull[2])
		return true;
	conditional = DatumGetBool(slot->tts_values[2]);
	if (conditional && !r->graph->read_conditional)
		return true;

	old = MemoryContextSwitchTo(r->graph->scratch);
	source = iam_pg_utf8_arg(slot->tts_values[0]);
	target = iam_pg_bytes(slot->tts_values[1]);
	if (source.len > MAX_NAME_BYTES || target.len > MAX_NAME_BYTES)
		ereport(ERROR, errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
		        errmsg("a principal of iam_assume_edge has more than %d bytes", MAX_NAME_BYTES));
	if (r->count == BATCH_EDGES || r->used + source.len + target.len > BATCH_BYTES)
		add_batch(r);
	pending = &r->pending[r->count];
	pending->conditional = conditional;
	pending->source = copy_name(r, source);
	/* rows that were written together are of one role, mostly */
	pending->same_target = r->count > 0 && target.len == r->target.len &&
	                       memcmp(target.data, r->target.data, target.len) == 0;
	if (!pending->same_target)
		r->target = pending->target = copy_name(r, target);
	r->count++;
	MemoryContextSwitchTo(old);
	if (r->count % BATCH_EDGES == 0)
		MemoryContextReset(r->graph->scratch);
	return true;
}

static void
edges_end(DestReceiver *self)
{
	add_batch((EdgeReceiver *) self);
}

static void
edges_destroy(DestReceiver *self)
{
}

/* Reads the table of the schema that the function is in. */
static void
read_edges(Graph *g, Oid function)
{
	char             *schema = get_namespace_name(get_func_namespace(function));
	SPIExecuteOptions options = {0};
	EdgeReceiver     *r = graph_alloc(g, sizeof(EdgeReceiver));
	StringInfoData    query;
	int               result;

	memset(&r->receiver, 0, sizeof r->receiver);
	r->receiver.receiveSlot = edges_receive;
	r->receiver.rStartup = edges_begin;
	r->receiver.rShutdown = edges_end;
	r->receiver.rDestroy = edges_destroy;
	r->receiver.mydest = DestTuplestore; /* any that takes rows */
	r->graph = g;
	r->count = 0;
	r->used = 0;

	if (schema == NULL)
		elog(ERROR, "cache lookup failed for the schema of function %u", function);
	initStringInfo(&query);
	appendStringInfo(
		&query, "SELECT e.source, e.target, e.decision OPERATOR(pg_catalog.=) 'conditional' FROM %s AS e",
		quote_qualified_identifier(schema, "iam_assume_edge"));

	options.read_only = true;
	options.must_return_tuples = true;
	options.dest = &r->receiver;
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	result = SPI_execute_extended(query.data, &options);
	if (result != SPI_OK_SELECT)
		elog(ERROR, "reading iam_assume_edge failed: %s", SPI_result_code_string(result));
	SPI_finish();
	pfree(query.data);
	graph_free(g, r, sizeof(EdgeReceiver));
}

/* Lays the edges out by target. */
static void
arrange_edges(Graph *g)
{
	EdgeChunk *chunk;
	EdgeChunk *next;

	g->start = graph_alloc(g, sizeof(uint32) * ((Size) g->node_count + 2));
	memset(g->start, 0, sizeof(uint32) * ((Size) g->node_count + 2));
	g->sources = graph_alloc(g, sizeof(uint32) * (Size) g->edge_count);

	/* sizes two places on: after the sums, start[t + 1] is where the next source of t goes */
	for (chunk = g->first; chunk != NULL; chunk = chunk->next)
	{
		CHECK_FOR_INTERRUPTS();
		for (uint32 i = 0; i < chunk->count; i++)
			g->start[(chunk->edges[i].target >> 1) + 2]++;
	}
	for (uint32 n = 2; n < g->node_count + 2; n++)
		g->start[n] += g->start[n - 1];
	for (chunk = g->first; chunk != NULL; chunk = next)
	{
		CHECK_FOR_INTERRUPTS();
		next = chunk->next;
		for (uint32 i = 0; i < chunk->count; i++)
		{
			Edge edge = chunk->edges[i];

			g->sources[g->start[(edge.target >> 1) + 1]++] = edge.source << 1 | (edge.target & 1);
		}
		graph_free(g, chunk, sizeof(EdgeChunk));
	}
	g->first = g->last = NULL;
}

/* ---- walking ---- */

/*
 * Everybody who reaches the target, nearest first, into the queue; the number of
 * them.  Among the shortest paths one without a conditional step wins.  `self`
 * is what the target's own edge to itself says: 0, or as in `reached`.
 */
static uint32
walk(Graph *g, uint32 target, uint32 max_hops, uint32 *self)
{
	uint32 head = 0;
	uint32 tail = 1;

	memset(g->reached, 0, sizeof(uint32) * (Size) g->node_count);
	*self = 0;
	g->queue[0] = target;
	for (; head < tail; head++)
	{
		uint32 node = g->queue[head];
		uint32 hops = (g->reached[node] >> 1) + 1;
		uint32 conditional = g->reached[node] & 1;

		if (head % INTERRUPT_STEP == 0)
			CHECK_FOR_INTERRUPTS();
		if (hops > max_hops)
			break;
		if (head + PREFETCH_FAR < tail)
			prefetch(&g->start[g->queue[head + PREFETCH_FAR]]);
		if (head + PREFETCH_NEAR < tail)
			prefetch(&g->sources[g->start[g->queue[head + PREFETCH_NEAR]]]);

		for (uint32 i = g->start[node]; i < g->start[node + 1]; i++)
		{
			uint32 source = g->sources[i] >> 1;
			uint32 state = hops << 1 | conditional | (g->sources[i] & 1);

			if (source == target)
			{
				if (node == target && (*self == 0 || state < *self))
					*self = state;
			}
			else if (g->reached[source] == 0)
			{
				g->reached[source] = state;
				g->next[source] = node;
				g->queue[tail++] = source;
			}
			else if (state < g->reached[source])
			{
				/* as short, and needs no condition; its own turn comes later */
				g->reached[source] = state;
				g->next[source] = node;
			}
		}
	}
	return tail;
}

static Datum
source_text(const Graph *g, uint32 node)
{
	const char *name = g->names[node];

	if (GetDatabaseEncoding() == PG_UTF8)
		return PointerGetDatum(name);
	return iam_pg_text((IamStr){VARDATA_ANY(name), (uint32) VARSIZE_ANY_EXHDR(name)});
}

static void
put_row(Graph *g, ReturnSetInfo *rsinfo, Datum target, uint32 source, uint32 state, uint32 next)
{
	Datum values[5];
	bool  nulls[5] = {false};

	values[0] = target;
	values[1] = source_text(g, source);
	values[2] = Int32GetDatum((int32) (state >> 1));
	values[3] = PointerGetDatum(g->names[next]);
	values[4] = BoolGetDatum(state & 1);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

static void
put_walk(Graph *g, ReturnSetInfo *rsinfo, uint32 target, uint32 max_hops)
{
	Datum         name = PointerGetDatum(g->names[target]);
	uint32        self;
	uint32        count = walk(g, target, max_hops, &self);
	MemoryContext old = MemoryContextSwitchTo(g->scratch);

	if (self != 0)
		put_row(g, rsinfo, name, target, self, target);
	for (uint32 i = 1; i < count; i++)
	{
		uint32 source = g->queue[i];

		if (i % INTERRUPT_STEP == 0)
		{
			CHECK_FOR_INTERRUPTS();
			MemoryContextReset(g->scratch);
		}
		if (i + PREFETCH_FAR < count)
		{
			prefetch(&g->names[g->queue[i + PREFETCH_FAR]]);
			prefetch(&g->next[g->queue[i + PREFETCH_FAR]]);
		}
		if (i + PREFETCH_NEAR < count)
		{
			prefetch(g->names[g->queue[i + PREFETCH_NEAR]]);
			prefetch(g->names[g->next[g->queue[i + PREFETCH_NEAR]]]);
		}
		put_row(g, rsinfo, name, source, g->reached[source], g->next[source]);
	}
	MemoryContextSwitchTo(old);
	MemoryContextReset(g->scratch);
}

/* The ids of the roles asked about, each once; those that no edge names have no rows. */
static uint32
find_targets(Graph *g, ArrayType *array, uint32 **found)
{
	Datum *values;
	bool  *nulls;
	int    count;
	uint32 n = 0;

	deconstruct_array(array, ARR_ELEMTYPE(array), -1, false, TYPALIGN_INT, &values, &nulls, &count);
	*found = graph_alloc(g, sizeof(uint32) * (Size) count);
	memset(g->reached, 0, sizeof(uint32) * (Size) g->node_count);
	for (int i = 0; i < count; i++)
	{
		IamStr    name;
		Principal p;
		Slot     *slot;

		if (nulls[i])
			continue;
		name = iam_pg_bytes(values[i]);
		p = (Principal){name.data, name.len, hash_name(name.data, name.len, g->seed)};
		slot = find_slot(g, &p);
		if (slot->name == NULL || g->reached[slot->id] != 0)
			continue;
		g->reached[slot->id] = 1;
		(*found)[n++] = slot->id;
	}
	return n;
}

IAM_SQL_FUNCTION(iam_assume_closure);

Datum
iam_assume_closure(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Graph         *g;
	MemoryContext  context;
	uint32         max_hops = MAX_NODES;
	uint32        *targets;
	uint32         count;

	InitMaterializedSRF(fcinfo, 0);
	if (!PG_ARGISNULL(1))
	{
		if (PG_GETARG_INT32(1) < 1)
			ereport(ERROR, errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("max_hops must be at least 1"),
			        errhint("Leave it out for any number of hops."));
		max_hops = Min(max_hops, (uint32) PG_GETARG_INT32(1));
	}
	if (PG_ARGISNULL(0))
		return (Datum) 0;

	context = AllocSetContextCreate(CurrentMemoryContext, "iam_assume_closure", ALLOCSET_DEFAULT_SIZES);
	g = MemoryContextAllocZero(context, sizeof(Graph));
	g->context = context;
	g->scratch = AllocSetContextCreate(context, "iam_assume_closure row", ALLOCSET_DEFAULT_SIZES);
	g->limit = get_hash_memory_limit();
	g->seed = pg_prng_uint64(&pg_global_prng_state);
	g->read_conditional = PG_ARGISNULL(2) || PG_GETARG_BOOL(2);
	grow_slots(g);
	read_edges(g, fcinfo->flinfo->fn_oid);
	if (!g->any_edge)
		ereport(WARNING, errmsg("iam_assume_edge holds no edges"),
		        errhint("Call iam_assume_edge_refresh() after an import."));

	g->reached = graph_alloc(g, sizeof(uint32) * (Size) g->node_count);
	count = find_targets(g, PG_GETARG_ARRAYTYPE_P(0), &targets);
	graph_free(g, g->slots, sizeof(Slot) * ((Size) g->slot_mask + 1));
	arrange_edges(g);
	g->next = graph_alloc(g, sizeof(uint32) * (Size) g->node_count);
	g->queue = graph_alloc(g, sizeof(uint32) * Max((Size) g->node_count, 1));
	for (uint32 i = 0; i < count; i++)
		put_walk(g, rsinfo, targets[i], max_hops);
	MemoryContextDelete(context);
	return (Datum) 0;
}
