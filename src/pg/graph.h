/*
 * graph.h: the assume graph in memory, shared by the files that load it, walk
 * it and return what was found.  Include postgres.h first.
 */
#ifndef IAM_GRAPH_H
#define IAM_GRAPH_H

#include "pg/iam_pg.h"

#define IAM_GRAPH_MAX_NAME 2048                 /* bytes of a principal: no ARN is longer */
#define IAM_GRAPH_MAX_NODES (PG_UINT32_MAX / 4) /* an id and a flag fit in 32 bits, sums of two do as well */

#ifdef __GNUC__
#define iam_prefetch(address) __builtin_prefetch(address)
#else
#define iam_prefetch(address) ((void) (address))
#endif

/* Stands for a name: see graph_names.c. */
typedef struct IamGraphKey
{
	uint32 word[4]; /* the last one is the place */
} IamGraphKey;

/*
 * A bucket of the hash table, a cache line: three words of each key, which are
 * compared, and what it stands for, 0 in the last ones where there are fewer.
 * The fourth word chooses the bucket; what does not fit goes to the next one.
 */
#define IAM_GRAPH_BUCKET 4
typedef struct IamGraphBucket
{
	uint32 word[3][IAM_GRAPH_BUCKET];
	uint32 id_and_one[IAM_GRAPH_BUCKET];
} IamGraphBucket;

/* Edges to one target that were read one after the other: they end where the next run's begin. */
typedef struct IamGraphRun
{
	uint32 target;
	uint32 begin; /* in `sources` as they were read */
} IamGraphRun;

/*
 * How good the best way from a node is, the least the best: in the upper half its
 * state, hops << 1 | conditional, in the lower one the order of the next role.
 */
typedef uint64 IamGraphRank;
#define IAM_GRAPH_NOT_REACHED PG_UINT64_MAX
#define IAM_GRAPH_STATE(rank) ((uint32) ((rank) >> 32))

typedef struct IamGraph
{
	MemoryContext context;
	Size          used;
	Size          limit;

	/* names and ids; ids are given in the order in which names are first seen */
	struct IamGraphSecret *secret;
	IamGraphBucket        *buckets;
	void                  *bucket_memory; /* where they are aligned in */
	int                    bucket_bits;   /* 2 to the power of it is how many there are */
	const char           **names;         /* by id; a varlena that may be unaligned and has either header */
	uint32                *places;        /* by id: the fourth word of the key */
	uint32                 node_count;
	uint32                 node_room;
	char                  *name_chunk;
	Size                   name_left;
	Size                   name_bytes; /* of all chunks */

	/* edges, in the order of reading until they are arranged, by target from then on */
	uint32      *sources; /* id << 1 | conditional */
	uint32       edge_count;
	uint32       edge_room;
	IamGraphRun *runs;
	uint32       run_count;
	uint32       run_room;
	uint32      *start; /* node_count + 1: where a target's sources begin */

	/* a walk */
	IamGraphRank *rank;   /* by id */
	uint32       *next;   /* by id: the role that it goes to, where it is reached */
	uint32       *queue;  /* the target and whom it is reached by, nearest first */
	uint32        walked; /* how many are in the queue since the last walk */
	uint32       *order;  /* by id: which of two equally good next roles is taken */
} IamGraph;

/* ---- graph_memory.c ---- */

/* Raise an error past the graph's limit. */
extern void *iam_graph_alloc(IamGraph *g, Size size);
extern void *iam_graph_enlarge(IamGraph *g, void *old, Size old_size, Size size); /* frees `old` */
extern void  iam_graph_free(IamGraph *g, void *p, Size size);

/* ---- graph_names.c: names and ids ---- */

extern void        iam_graph_init_names(IamGraph *g);
extern IamGraphKey iam_graph_key(const IamGraph *g, IamStr name);
/* The id of the name, which the key is of; a new one where it has none. */
extern uint32 iam_graph_intern(IamGraph *g, const IamGraphKey *key, IamStr name);
/* No names are looked up any more. */
extern void iam_graph_end_names(IamGraph *g);

/* The bucket to look at.  Twice as many of them are in the same order: growing moves nothing far. */
static inline uint32
iam_graph_home(int bucket_bits, uint32 place)
{
	return place >> (32 - bucket_bits);
}

static inline IamStr
iam_graph_name(const IamGraph *g, uint32 id)
{
	return (IamStr){VARDATA_ANY(g->names[id]), (uint32) VARSIZE_ANY_EXHDR(g->names[id])};
}

/* ---- graph_load.c ---- */

/*
 * Reads the edges that walks of at most max_hops from the nodes there are can
 * meet, or all; returns whether there is any to be seen.  `schema` is that of the
 * table, `arn` the type.
 */
extern bool iam_graph_load(IamGraph *g, Oid schema, Oid arn, uint32 max_hops, bool conditional);
/* Makes the edges walkable. */
extern void iam_graph_arrange(IamGraph *g);

/* ---- graph_walk.c ---- */

extern void iam_graph_init_walks(IamGraph *g);
/*
 * Everybody who reaches the target, nearest first, into the queue, whose first
 * is the target; the number of them.  `self` is what the target's own edge to
 * itself says: 0, or a state.
 */
extern uint32 iam_graph_walk(IamGraph *g, uint32 target, uint32 max_hops, uint32 *self);

#endif
