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

/* The release of the extension; the Makefile takes it from iam.control. */
#ifndef IAM_VERSION
#define IAM_VERSION "development"
#endif

#if PG_VERSION_NUM >= 180000
#define IAM_MODULE_MAGIC PG_MODULE_MAGIC_EXT(.name = "iam", .version = IAM_VERSION)
#else
#define IAM_MODULE_MAGIC PG_MODULE_MAGIC
/* the name of 18, which puts it first in a declaration */
#define pg_noreturn pg_attribute_noreturn()
#endif

#endif
