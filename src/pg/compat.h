/*
 * compat.h: what differs between the server releases this extension is built
 * for.  The only file that looks at PG_VERSION_NUM.
 */
#ifndef IAM_PG_COMPAT_H
#define IAM_PG_COMPAT_H

#if PG_VERSION_NUM < 150000
#error "iam needs PostgreSQL 15 or newer"
#endif

#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#include "varatt.h"
#else
/* Before 16 an input function has no way to report an error but to raise it. */
#define errsave(context, ...)        \
	do                               \
	{                                \
		(void) (context);            \
		ereport(ERROR, __VA_ARGS__); \
	} while (0)
#endif

/* Of the transaction at hand, in this backend; include storage/proc.h. */
#if PG_VERSION_NUM >= 170000
#define IAM_LOCAL_TRANSACTION (MyProc->vxid.lxid)
#else
#define IAM_LOCAL_TRANSACTION (MyProc->lxid)
#endif

/* The release of the extension; the Makefile takes it from iam.control. */
#ifndef IAM_VERSION
#define IAM_VERSION "development"
#endif

#if PG_VERSION_NUM >= 180000
#define IAM_MODULE_MAGIC PG_MODULE_MAGIC_EXT(.name = "iam", .version = IAM_VERSION)
/* ANALYZE and VACUUM wait by the same function, told apart since 18. */
#define iam_analyze_delay_point() vacuum_delay_point(true)
#else
#define IAM_MODULE_MAGIC PG_MODULE_MAGIC
#define iam_analyze_delay_point() vacuum_delay_point()
/* the name of 18, which puts it first in a declaration */
#define pg_noreturn pg_attribute_noreturn()
#endif

#endif
