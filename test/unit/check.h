/*
 * check.h: the whole test framework of the core: a check that fails says where
 * and is counted, and the program goes on.
 */
#ifndef IAM_CHECK_H
#define IAM_CHECK_H

#include <stdio.h>
#include <stdlib.h>

static int	checks_passed;
static int	checks_failed;

#define CHECK(condition) \
	do { \
		if (condition) \
			checks_passed++; \
		else { \
			checks_failed++; \
			fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition); \
		} \
	} while (0)

/* The same with a rule id and a description, for table-driven tests. */
#define CHECK_RULE(condition, rule, what) \
	do { \
		if (condition) \
			checks_passed++; \
		else { \
			checks_failed++; \
			fprintf(stderr, "%s:%d: %s failed: %s\n", __FILE__, __LINE__, (rule), (what)); \
		} \
	} while (0)

/* Last line of main: the closing line that `make unit` adds up. */
static inline int
checks_done(void)
{
	printf("%d passed, %d failed\n", checks_passed, checks_failed);
	return checks_failed == 0 ? 0 : 1;
}

#endif
