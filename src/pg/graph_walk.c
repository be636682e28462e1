/*
 * graph_walk.c: breadth-first walks from a role against the direction of the
 * edges.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "pg/graph.h"

#define INTERRUPT_STEP 1024
/* Places ahead in the queue. */
#define PREFETCH_RANKS 8
#define PREFETCH_SOURCES 28
#define PREFETCH_NODE 56
#define PREFETCH_MOST 16 /* sources of one node */

void
iam_graph_init_walks(IamGraph *g)
{
	g->rank = iam_graph_alloc(g, sizeof(IamGraphRank) * (Size) g->node_count);
	g->next = iam_graph_alloc(g, sizeof(uint32) * (Size) g->node_count);
	g->queue = iam_graph_alloc(g, sizeof(uint32) * (Size) g->node_count);
	memset(g->rank, 0xff, sizeof(IamGraphRank) * (Size) g->node_count);
	memset(g->next, 0, sizeof(uint32) * (Size) g->node_count);
}

/* Many walks that reach few do not look at all nodes. */
static void
forget_walk(IamGraph *g)
{
	if (g->walked > g->node_count / 8)
		memset(g->rank, 0xff, sizeof(IamGraphRank) * (Size) g->node_count);
	else
		for (uint32 i = 0; i < g->walked; i++)
			g->rank[g->queue[i]] = IAM_GRAPH_NOT_REACHED;
}

/* Of two next roles that are as good, the same one is taken however the edges were read. */
static bool
precedes(const IamGraph *g, uint32 a, uint32 b)
{
	return a != b && iam_pg_bytes_compare(iam_graph_name(g, a), iam_graph_name(g, b)) < 0;
}

static uint32
self_state(const IamGraph *g, uint32 target)
{
	uint32 self = 0;

	for (uint32 i = g->start[target]; i < g->start[target + 1]; i++)
		if (g->sources[i] >> 1 == target)
		{
			uint32 state = 1 << 1 | (g->sources[i] & 1);

			self = self == 0 ? state : Min(self, state);
		}
	return self;
}

uint32
iam_graph_walk(IamGraph *g, uint32 target, uint32 max_hops, uint32 *self)
{
	IamGraphRank *rank = g->rank;
	uint32       *next = g->next;
	uint32       *queue = g->queue;
	const uint32 *sources = g->sources;
	uint32        tail = 1;

	forget_walk(g);
	*self = self_state(g, target);
	rank[target] = 0; /* nothing is better */
	queue[0] = target;
	for (uint32 head = 0; head < tail; head++)
	{
		uint32       node = queue[head];
		uint32       end = g->start[node + 1];
		uint32       state = (IAM_GRAPH_STATE(rank[node]) | 1) + 1; /* a hop more */
		uint32       conditional = IAM_GRAPH_STATE(rank[node]) & 1;
		IamGraphRank through = (IamGraphRank) state << 32 | g->order[node];
		uint32       ahead;
		uint32       ahead_end;

		if (head % INTERRUPT_STEP == 0)
			CHECK_FOR_INTERRUPTS();
		if (state >> 1 > max_hops)
			break;
		/* here and not in a function: one that only prefetches is taken for one that does nothing */
		if (tail - head > PREFETCH_NODE)
		{
			iam_prefetch(&g->start[queue[head + PREFETCH_NODE]]);
			iam_prefetch(&g->order[queue[head + PREFETCH_NODE]]);
			iam_prefetch(&rank[queue[head + PREFETCH_NODE]]);
			iam_prefetch(&sources[g->start[queue[head + PREFETCH_SOURCES]]]);
			ahead = g->start[queue[head + PREFETCH_RANKS]];
			ahead_end = Min(g->start[queue[head + PREFETCH_RANKS] + 1], ahead + PREFETCH_MOST);
			iam_prefetch(&sources[g->start[queue[head + PREFETCH_SOURCES] + 1]]);
			for (; ahead < ahead_end; ahead++)
				iam_prefetch(&rank[sources[ahead] >> 1]);
		}
		for (uint32 i = g->start[node]; i < end; i++)
		{
			uint32       source = sources[i] >> 1;
			IamGraphRank before = rank[source];
			IamGraphRank now = through | (IamGraphRank) (conditional | (sources[i] & 1)) << 32;

			/* later on: as short, and better; its own turn comes later */
			if (now < before)
			{
				if (before == IAM_GRAPH_NOT_REACHED)
					queue[tail++] = source;
				rank[source] = now;
				next[source] = node;
			}
			else if (now == before && precedes(g, node, next[source]))
				next[source] = node;
		}
	}
	g->walked = tail;
	return tail;
}
