/*
 * graph_walk.c: breadth-first walks from a role against the direction of the
 * edges.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "pg/graph.h"

#define INTERRUPT_STEP 1024
#define PREFETCH_NEAR 8 /* places ahead in the queue */
#define PREFETCH_FAR 16

/* Of two next roles that are as good, the same one is taken however the edges were read. */
static inline bool
precedes(const IamGraph *g, uint32 a, uint32 b)
{
	if (g->order[a] != g->order[b])
		return g->order[a] < g->order[b];
	return a != b && iam_pg_bytes_compare(iam_graph_name(g, a), iam_graph_name(g, b)) < 0;
}

/* Many walks that reach few do not look at all nodes. */
static void
forget_walk(IamGraph *g)
{
	if (g->walked > g->node_count / 8)
		memset(g->reached, 0, sizeof(IamGraphReached) * (Size) g->node_count);
	else
		for (uint32 i = 0; i < g->walked; i++)
			g->reached[g->queue[i]].state = 0;
}

uint32
iam_graph_walk(IamGraph *g, uint32 target, uint32 max_hops, uint32 *self)
{
	IamGraphReached *reached = g->reached;
	uint32          *queue = g->queue;
	uint32           head = 0;
	uint32           tail = 1;

	forget_walk(g);
	*self = 0;
	queue[0] = target;
	for (; head < tail; head++)
	{
		uint32 node = queue[head];
		uint32 hops = (reached[node].state >> 1) + 1;
		uint32 conditional = reached[node].state & 1;

		if (head % INTERRUPT_STEP == 0)
			CHECK_FOR_INTERRUPTS();
		if (hops > max_hops)
			break;
		if (head + PREFETCH_FAR < tail)
			iam_prefetch(&g->start[queue[head + PREFETCH_FAR]]);
		if (head + PREFETCH_NEAR < tail)
			iam_prefetch(&g->sources[g->start[queue[head + PREFETCH_NEAR]]]);

		for (uint32 i = g->start[node]; i < g->start[node + 1]; i++)
		{
			uint32           source = g->sources[i] >> 1;
			uint32           state = hops << 1 | conditional | (g->sources[i] & 1);
			IamGraphReached *r = &reached[source];

			if (source == target)
			{
				if (node == target && (*self == 0 || state < *self))
					*self = state;
			}
			else if (r->state == 0)
			{
				*r = (IamGraphReached){state, node};
				queue[tail++] = source;
			}
			/* as short, and better; its own turn comes later */
			else if (state < r->state || (state == r->state && precedes(g, node, r->next)))
				*r = (IamGraphReached){state, node};
		}
	}
	g->walked = tail;
	return tail;
}
