/*
 * context.c: the value of a condition key: what the request gives, else what is
 * derived (derived_keys.c), else absent, or unknown with unknown context (COND-2,
 * CTX, Q-8; VAR-1, VAR-3, VAR-7, VAR-12 for variables).
 */
#include "context.h"

#include "derived_keys.h"

static int
compare_bytes(IamStr a, IamStr b)
{
	uint32_t len = a.len < b.len ? a.len : b.len;
	int      order = len == 0 ? 0 : memcmp(a.data, b.data, len);

	return order != 0 ? order : a.len < b.len ? -1 : a.len > b.len;
}

const IamEntry *
iam_entry_find(const void *image, uint32_t off, uint32_t count, IamStr key, uint32_t hash)
{
	const IamEntry *entries = iam_at(image, off);
	const IamEntry *found = NULL;
	uint32_t        low = 0;
	uint32_t        high = count;

	while (low < high)
	{
		uint32_t middle = low + (high - low) / 2;

		if (entries[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < count && entries[low].hash == hash; low++)
	{
		IamStr name = iam_slice(image, entries[low].key);

		if (!iam_str_equal_fold(name, key))
			continue;
		if (iam_str_equal(name, key))
			return &entries[low];
		if (found == NULL || compare_bytes(name, iam_slice(image, found->key)) < 0)
			found = &entries[low];
	}
	return found;
}

void
iam_context_take_entry(const void *image, const IamEntry *entry, IamContextValue *out)
{
	out->present = entry->value_count > 0 ? IAM_YES : IAM_NO;
	out->multivalued = entry->multivalued != 0;
	out->count = entry->value_count;
	out->image = image;
	out->values = iam_at(image, entry->value_off);
	out->single = entry->value_count == 1 ? iam_slice(image, out->values[0]) : IAM_NO_STR;
}

void
iam_context_lookup(const IamRequest *request, const IamCaller *caller, IamStr key, uint32_t key_hash,
                   IamContextValue *out)
{
	const IamEntry *entry = iam_entry_find(request, request->context_off, request->context_count, key,
	                                       key_hash);

	if (entry != NULL)
	{
		iam_context_take_entry(request, entry, out);
		return;
	}
	if (iam_derive_key(request, caller, key, key_hash, out))
		return;
	out->present = (request->flags & IAM_REQ_UNKNOWN_CONTEXT) != 0 ? IAM_UNKNOWN : IAM_NO;
	out->multivalued = false;
	out->count = 0;
	out->image = NULL;
	out->values = NULL;
	out->single = IAM_NO_STR;
}

/* ---- variables ---- */

static IamTri
resolve_variable(void *ctx, IamStr key, IamStr *value, bool *multivalued)
{
	IamContextVariables *v = ctx;

	*value = IAM_NO_STR;
	*multivalued = false;
	iam_context_lookup(v->request, v->caller, key, iam_hash32_fold(key), &v->value);
	if (v->value.present != IAM_YES)
		return v->value.present;
	if (v->value.multivalued || v->value.count != 1)
	{
		*multivalued = true;
		return IAM_NO;
	}
	*value = iam_context_value(&v->value, 0);
	return value->len > 0 ? IAM_YES : IAM_NO;
}

void
iam_context_variables(IamContextVariables *v, const IamRequest *request, const IamCaller *caller)
{
	v->variables.resolve = resolve_variable;
	v->variables.ctx = v;
	v->request = request;
	v->caller = caller;
}
