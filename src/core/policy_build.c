/*
 * policy_build.c: what parsing, compiling and validating of policies share:
 * places in a document, and sorting.
 */
#include "policy_build.h"

#include <stdio.h>

void
iam_place_member(IamPlace *place, IamStr name)
{
	if (place->depth < IAM_PLACE_STEPS)
		place->steps[place->depth] = (IamPlaceStep){name, 0};
	place->depth++;
}

void
iam_place_item(IamPlace *place, uint32_t index)
{
	if (place->depth < IAM_PLACE_STEPS)
		place->steps[place->depth] = (IamPlaceStep){IAM_NO_STR, index};
	place->depth++;
}

void
iam_place_statement(IamPlace *place, const IamPartPolicy *policy, uint32_t ordinal)
{
	iam_place_member(place, IAM_LIT("Statement"));
	if (policy->statement_array)
		iam_place_item(place, ordinal);
}

/* May the name stand behind a dot without quotes? */
static bool
is_identifier(IamStr name)
{
	for (uint32_t i = 0; i < name.len; i++)
	{
		char c = iam_fold_char(name.data[i]);

		if ((c < 'a' || c > 'z') && c != '_' && (i == 0 || c < '0' || c > '9'))
			return false;
	}
	return name.len > 0;
}

void
iam_place_write(const IamPlace *place, char out[IAM_PLACE_BYTES])
{
	char   name[64 + 4];
	char   step[64 + 16];
	size_t len;

	iam_quote((IamStr){place->root, (uint32_t) strlen(place->root)}, out, IAM_PLACE_BYTES - 4);
	len = strlen(out);
	for (uint32_t i = 0; i < place->depth && i < IAM_PLACE_STEPS; i++)
	{
		const IamPlaceStep *s = &place->steps[i];
		int                 n;

		if (s->name.data == NULL)
			n = snprintf(step, sizeof step, "[%lu]", (unsigned long) s->index);
		else
			n = snprintf(step, sizeof step, is_identifier(s->name) ? ".%s" : "[\"%s\"]",
			             iam_quote(s->name, name, 64));
		if (n < 0 || len + (size_t) n >= IAM_PLACE_BYTES)
			return;
		memcpy(out + len, step, (size_t) n + 1);
		len += (size_t) n;
	}
}

bool
iam_sort(IamArena *arena, void **items, uint32_t count, int (*compare)(const void *a, const void *b))
{
	void **from = items;
	void **to;
	void **spare = NULL;
	bool   sorted = true;

	for (uint32_t i = 1; i < count && sorted; i++)
		sorted = compare(items[i - 1], items[i]) <= 0;
	if (sorted)
		return true;
	spare = to = iam_alloc_array(arena, count, sizeof *spare);
	if (spare == NULL)
		return false;
	for (uint64_t width = 1; width < count; width *= 2)
	{
		void **swap = from;

		iam_poll(arena);
		for (uint64_t left = 0; left < count; left += 2 * width)
		{
			uint64_t middle = left + width < count ? left + width : count;
			uint64_t end = left + 2 * width < count ? left + 2 * width : count;
			uint64_t a = left;
			uint64_t b = middle;

			for (uint64_t i = left; i < end; i++)
				to[i] = a < middle && (b == end || compare(from[a], from[b]) <= 0) ? from[a++] : from[b++];
		}
		from = to;
		to = swap;
	}
	if (from != items)
		memcpy(items, from, count * sizeof *items);
	return true;
}
