/*
 * graph_memory.c: the memory of the assume graph, with its limit.
 *
 * A graph is a few large arrays that are read in no order, and half of what that
 * costs is finding pages: the kernel is told that huge ones are of use, where
 * it can be told.
 */
#include "postgres.h"

#ifndef WIN32
#include <sys/mman.h>
#endif

#include "utils/memutils.h"

#include "pg/graph.h"

#define HUGE_PAGE ((Size) 2 * 1024 * 1024)

static void *
advise(void *p, Size size)
{
#ifdef MADV_HUGEPAGE
	char *begin = (char *) TYPEALIGN(HUGE_PAGE, p);
	char *end = (char *) TYPEALIGN_DOWN(HUGE_PAGE, (char *) p + size);

	/* only advice: whether it was taken does not matter */
	if (begin < end)
		(void) madvise(begin, end - begin, MADV_HUGEPAGE);
#endif
	return p;
}

static void
reserve(IamGraph *g, Size size)
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
}

void *
iam_graph_alloc(IamGraph *g, Size size)
{
	reserve(g, size);
	return advise(MemoryContextAllocHuge(g->context, Max(size, 1)), size);
}

void *
iam_graph_enlarge(IamGraph *g, void *old, Size old_size, Size size)
{
	if (old == NULL)
		return iam_graph_alloc(g, size);
	reserve(g, size - old_size);
	return advise(repalloc_huge(old, size), size);
}

void
iam_graph_free(IamGraph *g, void *p, Size size)
{
	if (p == NULL)
		return;
	pfree(p);
	g->used -= size;
}
