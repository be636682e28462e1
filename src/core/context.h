/*
 * context.h: the value of a condition key for one request and caller: what the
 * request gives, else what follows from caller and resource (CTX-1..17), else
 * absent or unknown.
 */
#ifndef IAM_CONTEXT_H
#define IAM_CONTEXT_H

#include "request.h"
#include "variable.h"

typedef struct IamContextValue
{
	IamTri          present;     /* YES: count values; NO: absent; UNKNOWN */
	bool            multivalued; /* given as an array, or a list key (CTX-15) */
	uint32_t        count;
	const void     *image; /* values are slices of this, or of scratch */
	const IamSlice *values;
	IamStr          single;       /* count == 1: the value itself */
	char            scratch[256]; /* where a derived value had to be put together */
} IamContextValue;

/* The i-th value. */
static inline IamStr
iam_context_value(const IamContextValue *v, uint32_t i)
{
	return v->values == NULL ? v->single : iam_slice(v->image, v->values[i]);
}

/*
 * caller may be NULL for a policy that does not depend on it; a key derived
 * from the caller is then unknown.
 */
void iam_context_lookup(const IamRequest *request, const IamCaller *caller, IamStr key, uint32_t key_hash,
                        IamContextValue *out);

/* Does the key's value follow from who asks (so that a policy using it depends on the caller)? */
bool iam_key_depends_on_caller(IamStr key);

/* A resolver over iam_context_lookup for variable.h. `scratch` outlives the resolver's use. */
typedef struct IamContextVariables
{
	IamVariables      variables; /* pass &x.variables */
	const IamRequest *request;
	const IamCaller  *caller;
	IamContextValue   value; /* the latest value looked up */
} IamContextVariables;

void iam_context_variables(IamContextVariables *v, const IamRequest *request, const IamCaller *caller);

#endif
