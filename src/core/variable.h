/*
 * variable.h: policy variables (VAR-1..13).
 */
#ifndef IAM_VARIABLE_H
#define IAM_VARIABLE_H

#include "glob.h"

/* How a key's value is found: the request's context, derived keys, tags (context.h). */
typedef struct IamVariables
{
	/*
	 * YES: one non-empty value, in *value.  NO: absent, empty or multivalued
	 * (*multivalued then says that a default does not help, VAR-7).  UNKNOWN:
	 * not known (unknown context).
	 */
	IamTri (*resolve)(void *ctx, IamStr key, IamStr *value, bool *multivalued);
	void *ctx;
} IamVariables;

/* One terminated ${...} of a text. */
typedef struct IamVariable
{
	uint32_t len;         /* of the whole ${...} */
	char     literal;     /* the character ${*}, ${?} or ${$} stands for, else 0 */
	bool     well_formed; /* a name, maybe with a default; else unresolvable (VAR-10) */
	bool     has_fallback;
	IamStr   key; /* slices of the text */
	IamStr   fallback;
} IamVariable;

/*
 * Reads the ${...} that begins at text[at]; false where none does or it is not
 * terminated.  The first } ends it, in a default too.
 */
bool iam_variable_at(IamStr text, uint32_t at, IamVariable *variable);

/* Does the text hold a terminated ${...} or ${*}-like sequence? */
bool iam_has_variable(IamStr text);

/* Calls visit for each well-formed variable name in text (not for ${*}, ${?}, ${$}). */
void iam_visit_variables(IamStr text, void (*visit)(void *ctx, IamStr key), void *ctx);

/*
 * Expands text into a glob at out (at most size bytes; *len is set).  `wildcards`
 * says whether * and ? of the text itself are wildcards (Like, ARN) or literal
 * (StringEquals).  Substituted text and defaults are literal (VAR-10, VAR-11).
 * YES: resolved.  NO: some variable is unresolvable, the text matches nothing.
 * UNKNOWN: some value is not known; in its place stands IAM_ANY.
 * Text that does not fit in size is unresolvable.
 */
IamTri
iam_expand(IamStr text, bool wildcards, const IamVariables *variables, char *out, size_t size, uint32_t *len);

#endif
