/*
 * host.c: the core's memory and interrupts, over a PostgreSQL memory context.
 *
 * Allocation failure is reported to the core as NULL, never as an error, so that
 * nothing jumps out of the core while it holds memory of another library.  An
 * interrupt may jump: the core polls only where it holds nothing but this arena,
 * which dies with its context.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "pg/iam_pg.h"

static void *
arena_alloc(void *ctx, size_t size)
{
	IamPgArena *a = ctx;

	if (!a->first_used && size <= sizeof a->first)
	{
		a->first_used = true;
		return a->first;
	}
	/* above this even an allocation that may fail raises an error */
	if (!AllocHugeSizeIsValid(size))
		return NULL;
	return MemoryContextAllocExtended(a->context, size, MCXT_ALLOC_HUGE | MCXT_ALLOC_NO_OOM);
}

static void
arena_free(void *ctx, void *p)
{
	IamPgArena *a = ctx;

	if (p == (void *) a->first)
		a->first_used = false;
	else
		pfree(p);
}

static void
arena_interrupt(void *ctx)
{
	(void) ctx;
	CHECK_FOR_INTERRUPTS();
}

void
iam_pg_arena_init(IamPgArena *a)
{
	a->host = (IamHost){arena_alloc, arena_free, arena_interrupt, a};
	a->context = CurrentMemoryContext;
	a->first_used = false;
	iam_arena_init(&a->arena, &a->host);
}

void
iam_pg_arena_release(IamPgArena *a)
{
	iam_arena_release(&a->arena);
}

void
iam_pg_arena_verify(IamPgArena *a)
{
	if (a->arena.failed)
		ereport(ERROR, errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"));
}
