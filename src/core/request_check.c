/*
 * request_check.c: checks of request and caller images that come from outside.
 *
 * An image that passes is safe for every reader: each offset, count, enum and
 * flag is in range, strings are UTF-8, entries are sorted and hashed as lookups
 * expect.  The work is bounded by the image's size: arrays and the strings they
 * hold may not overlap into more than the image has.
 */
#include "request.h"
#include "request_entries.h"

#define REQUEST_FLAGS ((1u << 11) - 1)
#define CALLER_FLAGS ((1u << 6) - 1)

typedef struct Check
{
	const char *image;
	uint32_t    size;
	uint32_t    header; /* bytes of the fixed header: nothing may point into it */
	uint64_t    budget; /* bytes that arrays and their strings may still cover */
} Check;

static bool
corrupt(IamError *err, const char *what)
{
	return iam_fail(err, IAM_CORRUPT, NULL, "The stored %s does not hold together.", what);
}

/* Well-formed UTF-8 without U+0000; with `glob` also the bytes of glob.h. */
static bool
is_text(IamStr s, bool glob)
{
	uint32_t i = 0;

	while (i < s.len)
	{
		uint8_t  c = (uint8_t) s.data[i];
		uint32_t more;
		uint8_t  low = 0x80;
		uint8_t  high = 0xBF;

		if (c == 0)
			return false;
		if (c < 0x80 || (glob && iam_is_wildcard((char) c)))
		{
			i++;
			continue;
		}
		if (c >= 0xC2 && c <= 0xDF)
			more = 1;
		else if (c >= 0xE0 && c <= 0xEF)
			more = 2;
		else if (c >= 0xF0 && c <= 0xF4)
			more = 3;
		else
			return false;
		if (c == 0xE0)
			low = 0xA0;
		else if (c == 0xED)
			high = 0x9F;
		else if (c == 0xF0)
			low = 0x90;
		else if (c == 0xF4)
			high = 0x8F;
		if (more > s.len - i - 1)
			return false;
		if ((uint8_t) s.data[i + 1] < low || (uint8_t) s.data[i + 1] > high)
			return false;
		for (uint32_t j = 2; j <= more; j++)
			if (((uint8_t) s.data[i + j] & 0xC0) != 0x80)
				return false;
		i += more + 1;
	}
	return true;
}

static bool
in_range(const Check *c, IamSlice s)
{
	if (s.off == 0)
		return s.len == 0;
	return s.off >= c->header && s.off <= c->size && s.len <= c->size - s.off;
}

static bool
text_ok(const Check *c, IamSlice s)
{
	return in_range(c, s) && is_text(iam_slice(c->image, s), false);
}

static bool
all_text(const Check *c, const IamSlice *slices, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!text_ok(c, slices[i]))
			return false;
	return true;
}

static bool
spend(Check *c, uint64_t bytes)
{
	if (bytes > c->budget)
		return false;
	c->budget -= bytes;
	return true;
}

/* A string that an array element owns. */
static bool
owned_ok(Check *c, IamSlice s)
{
	return in_range(c, s) && spend(c, s.len) && is_text(iam_slice(c->image, s), false);
}

static bool
array_ok(Check *c, uint32_t off, uint32_t count, size_t element)
{
	uint64_t bytes = (uint64_t) count * element;

	if (count == 0)
		return off == 0;
	return off >= c->header && off % 4 == 0 && off <= c->size && bytes <= c->size - off && spend(c, bytes);
}

static bool
strings_ok(Check *c, uint32_t off, uint32_t count)
{
	const IamSlice *slices;

	if (!array_ok(c, off, count, sizeof *slices))
		return false;
	slices = iam_at(c->image, off);
	for (uint32_t i = 0; i < count; i++)
		if (slices[i].off == 0 || !owned_ok(c, slices[i]))
			return false;
	return true;
}

static bool
entries_ok(Check *c, uint32_t off, uint32_t count)
{
	const IamEntry *entries;

	if (count > IAM_MAX_CONTEXT_KEYS || !array_ok(c, off, count, sizeof *entries))
		return false;
	entries = iam_at(c->image, off);
	for (uint32_t i = 0; i < count; i++)
	{
		const IamEntry *e = &entries[i];
		IamStr          key;

		if (e->key.off == 0 || !owned_ok(c, e->key) || !strings_ok(c, e->value_off, e->value_count) ||
		    e->multivalued > 1 || e->reserved[0] != 0 || e->reserved[1] != 0 || e->reserved[2] != 0 ||
		    (e->value_count > 1 && e->multivalued == 0))
			return false;
		key = iam_slice(c->image, e->key);
		if (e->hash != iam_hash32_fold(key))
			return false;
		if (i > 0 && iam_entry_compare(e[-1].hash, iam_slice(c->image, e[-1].key), e->hash, key) >= 0)
			return false;
	}
	return true;
}

static bool
principal_ok(Check *c, const IamPrincipal *p)
{
	return p->form <= IAM_PRINCIPAL_UNUSABLE && p->reserved[0] == 0 && p->reserved[1] == 0 &&
	       p->reserved[2] == 0 && owned_ok(c, p->text) && text_ok(c, p->account) &&
	       p->account.len <= p->text.len && text_ok(c, p->partition) && p->partition.len <= p->text.len;
}

static bool
grants_ok(Check *c, uint32_t off, uint32_t count)
{
	const IamKmsGrant *grants;

	if (!array_ok(c, off, count, sizeof *grants))
		return false;
	grants = iam_at(c->image, off);
	for (uint32_t i = 0; i < count; i++)
	{
		const IamKmsGrant *g = &grants[i];

		if (!principal_ok(c, &g->grantee) || !principal_ok(c, &g->retiring) || !owned_ok(c, g->grant_id) ||
		    !owned_ok(c, g->issuing_account) || !strings_ok(c, g->operation_off, g->operation_count) ||
		    !entries_ok(c, g->equals_off, g->equals_count) ||
		    !entries_ok(c, g->subset_off, g->subset_count) || g->has_equals > 1 || g->has_subset > 1 ||
		    g->reserved[0] != 0 || g->reserved[1] != 0 || (g->has_equals == 0 && g->equals_count > 0) ||
		    (g->has_subset == 0 && g->subset_count > 0))
			return false;
	}
	return true;
}

static bool
acl_ok(Check *c, uint32_t off, uint32_t count)
{
	const IamAclGrant *grants;

	if (!array_ok(c, off, count, sizeof *grants))
		return false;
	grants = iam_at(c->image, off);
	for (uint32_t i = 0; i < count; i++)
	{
		const IamAclGrant *g = &grants[i];

		if (g->grantee > IAM_ACL_OTHER || g->reserved[0] != 0 || g->reserved[1] != 0 || g->reserved[2] != 0 ||
		    !owned_ok(c, g->canonical_id) || g->permission.off == 0 || !owned_ok(c, g->permission))
			return false;
	}
	return true;
}

/* The common head; image must be 4-byte aligned. */
static bool
begin(Check *c, const void *image, size_t size, size_t header, IamImageType type, uint8_t format)
{
	const IamImage *head = image;

	if (image == NULL || size < header || size > IAM_MAX_IMAGE_BYTES || size % 4 != 0)
		return false;
	*c = (Check){image, (uint32_t) size, (uint32_t) header, size};
	return head->format == format && head->type == type && head->reserved == 0 && head->size == size;
}

static bool
is_folded(IamStr s)
{
	for (uint32_t i = 0; i < s.len; i++)
		if (s.data[i] != iam_fold_char(s.data[i]))
			return false;
	return true;
}

bool
iam_request_check(const void *image, size_t size, IamError *err)
{
	const IamRequest *r = image;
	Check             c;
	bool              star;
	bool              glob;

	if (!begin(&c, image, size, sizeof *r, IAM_IMAGE_REQUEST, IAM_REQUEST_FORMAT))
		return corrupt(err, "request");
	star = (r->flags & IAM_REQ_RESOURCE_STAR) != 0;
	glob = (r->flags & IAM_REQ_RESOURCE_GLOB) != 0;
	if ((r->flags & ~REQUEST_FLAGS) != 0 || (star && glob))
		return corrupt(err, "request");

	{
		IamSlice texts[] = {r->action,          r->service,           r->name,
		                    r->resource_text,   r->partition,         r->resource_service,
		                    r->region,          r->resource_part,     r->resource_account,
		                    r->resource_org_id, r->resource_org_path, r->current_time,
		                    r->epoch_time};

		if (!all_text(&c, texts, sizeof texts / sizeof *texts))
			return corrupt(err, "request");
	}
	if (r->action.off == 0 || r->service.len == 0 || r->name.len == 0 || r->resource_text.len == 0 ||
	    r->resource_text.len > IAM_MAX_PATTERN_BYTES || r->action.len > IAM_MAX_PATTERN_BYTES ||
	    r->service.len + r->name.len > r->action.len || !is_folded(iam_slice(r, r->service)) ||
	    !is_folded(iam_slice(r, r->name)) || r->service_hash != iam_hash32_fold(iam_slice(r, r->service)) ||
	    r->name_hash != iam_hash32_fold(iam_slice(r, r->name)))
		return corrupt(err, "request");
	if (r->resource.len == 0 || r->resource.len > r->resource_text.len || !in_range(&c, r->resource) ||
	    !is_text(iam_slice(r, r->resource), glob) ||
	    (star && !iam_str_equal(iam_slice(r, r->resource), IAM_LIT("*"))))
		return corrupt(err, "request");
	if (r->resource_account.off != 0 && !iam_is_account_id(iam_slice(r, r->resource_account)))
		return corrupt(err, "request");
	if (!entries_ok(&c, r->context_off, r->context_count) || !entries_ok(&c, r->tag_off, r->tag_count) ||
	    !strings_ok(&c, r->rcp_service_off, r->rcp_service_count) ||
	    !grants_ok(&c, r->grant_off, r->grant_count) || !acl_ok(&c, r->acl_off, r->acl_count))
		return corrupt(err, "request");
	return true;
}

bool
iam_caller_check(const void *image, size_t size, IamError *err)
{
	const IamCaller *r = image;
	Check            c;
	bool             has_account;
	bool             is_role;

	if (!begin(&c, image, size, sizeof *r, IAM_IMAGE_CALLER, IAM_CALLER_FORMAT) ||
	    r->kind > IAM_CALLER_SOMEBODY || (r->flags & ~CALLER_FLAGS) != 0 || r->reserved[0] != 0 ||
	    r->reserved[1] != 0 || r->reserved[2] != 0)
		return corrupt(err, "caller");

	{
		IamSlice texts[] = {
			r->text,     r->partition, r->account,         r->arn,          r->name,   r->session,
			r->role_arn, r->unique_id, r->federating_user, r->canonical_id, r->org_id, r->org_path};

		if (!all_text(&c, texts, sizeof texts / sizeof *texts))
			return corrupt(err, "caller");
	}
	if (r->text.len == 0 || r->text.len > IAM_MAX_PATTERN_BYTES || r->arn.len > 2 * IAM_MAX_PATTERN_BYTES ||
	    r->role_arn.len > 2 * IAM_MAX_PATTERN_BYTES || r->unique_id.len > 128)
		return corrupt(err, "caller");
	/* what the kind implies: readers rely on it */
	has_account = r->kind <= IAM_CALLER_FEDERATED_USER;
	is_role = r->kind == IAM_CALLER_ROLE || r->kind == IAM_CALLER_ROLE_SESSION;
	if ((has_account && (r->account.off == 0 || r->partition.len == 0 || r->arn.len == 0)) ||
	    (r->account.off != 0 && !iam_is_account_id(iam_slice(r, r->account))) ||
	    is_role != (r->role_arn.len > 0) || (r->kind == IAM_CALLER_ROLE_SESSION) != (r->session.len > 0) ||
	    (has_account && r->kind != IAM_CALLER_ROOT && r->name.len == 0) ||
	    ((r->flags & IAM_CALLER_SERVICE_LINKED) != 0 && !is_role))
		return corrupt(err, "caller");
	if (!entries_ok(&c, r->tag_off, r->tag_count))
		return corrupt(err, "caller");
	return true;
}
