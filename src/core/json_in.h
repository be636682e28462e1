/*
 * json_in.h: JSON text to a read-only tree in an arena.  jansson does the
 * parsing; nothing outside json_in.c knows it.
 */
#ifndef IAM_JSON_IN_H
#define IAM_JSON_IN_H

#include "base.h"

typedef enum IamJsonType
{
	IAM_JSON_NULL,
	IAM_JSON_BOOL,   /* text is true or false */
	IAM_JSON_NUMBER, /* text is its decimal: 64-bit integers exactly, others shortest */
	IAM_JSON_STRING,
	IAM_JSON_ARRAY,
	IAM_JSON_OBJECT
} IamJsonType;

typedef struct IamJson
{
	IamJsonType           type;
	IamStr                text;  /* scalars */
	uint32_t              count; /* arrays and objects */
	const struct IamJson *items; /* count elements or member values, in document order */
	const IamStr         *keys;  /* objects: count member names */
} IamJson;

/*
 * Parses one JSON value (objects and arrays only) of valid UTF-8.  Duplicate
 * keys, U+0000, depth over IAM_MAX_DEPTH, more than max_bytes, numbers that a
 * double or int64 does not hold exactly as written: errors with line and column.
 */
bool iam_json_parse(IamArena *arena, IamStr text, size_t max_bytes, const IamJson **out, IamError *err);

/* The member of an object, or NULL. */
const IamJson *iam_json_member(const IamJson *object, const char *name);

#endif
