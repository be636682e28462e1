/*
 * request_entries.c: the parts of a request that come as JSON, checked and
 * written into its image: context keys and tags (CTX-4, CTX-7, Q-8), the RCP
 * service list (RCP-7), KMS grants (KMS-8), S3 access control lists and Block
 * Public Access (S3-2, S3-3).
 *
 * Members of AWS's own answers that do not matter here (DisplayName, KeyId ...)
 * are passed over; members whose misspelling would change an answer are not.
 */
#include "request_entries.h"

#include <stdio.h>

#define QUOTE_BYTES 64

/* One key before it is written; value is a scalar, an array of scalars, or null. */
typedef struct Item
{
	uint32_t       hash;
	IamStr         key;
	const IamJson *value;
} Item;

static bool
is_nothing(const IamJson *json)
{
	return json == NULL || json->type == IAM_JSON_NULL;
}

static bool
is_scalar(const IamJson *json)
{
	return json->type == IAM_JSON_STRING || json->type == IAM_JSON_NUMBER || json->type == IAM_JSON_BOOL;
}

const char *
iam_path_member(char path[IAM_PATH_BYTES], const char *base, IamStr key)
{
	char quoted[QUOTE_BYTES + 4];
	bool plain = key.len > 0 && key.len <= QUOTE_BYTES;

	for (uint32_t i = 0; plain && i < key.len; i++)
	{
		char c = iam_fold_char(key.data[i]);

		plain = (c >= 'a' && c <= 'z') || c == '_' || (i > 0 && c >= '0' && c <= '9');
	}
	snprintf(path, IAM_PATH_BYTES, plain ? "%.180s.%s" : "%.180s[\"%s\"]", base,
	         iam_quote(key, quoted, QUOTE_BYTES));
	return path;
}

static const char *
path_item(char path[IAM_PATH_BYTES], const char *base, uint32_t i)
{
	snprintf(path, IAM_PATH_BYTES, "%.180s[%u]", base, (unsigned) i);
	return path;
}

int
iam_entry_compare(uint32_t hash_a, IamStr a, uint32_t hash_b, IamStr b)
{
	uint32_t n = a.len < b.len ? a.len : b.len;

	if (hash_a != hash_b)
		return hash_a < hash_b ? -1 : 1;
	for (uint32_t i = 0; i < n; i++)
	{
		uint8_t x = (uint8_t) iam_fold_char(a.data[i]);
		uint8_t y = (uint8_t) iam_fold_char(b.data[i]);

		if (x != y)
			return x < y ? -1 : 1;
	}
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return n == 0 ? 0 : memcmp(a.data, b.data, n);
}

static int
compare_items(const Item *a, const Item *b)
{
	return iam_entry_compare(a->hash, a->key, b->hash, b->key);
}

static void
sift_down(Item *items, uint32_t root, uint32_t count)
{
	Item moving = items[root];

	while (2 * root + 1 < count)
	{
		uint32_t child = 2 * root + 1;

		if (child + 1 < count && compare_items(&items[child], &items[child + 1]) < 0)
			child++;
		if (compare_items(&moving, &items[child]) >= 0)
			break;
		items[root] = items[child];
		root = child;
	}
	items[root] = moving;
}

/* Heap sort: in place, without the memory that the C library's qsort may take. */
static void
sort_items(Item *items, uint32_t count)
{
	for (uint32_t i = count / 2; i > 0; i--)
		sift_down(items, i - 1, count);
	for (uint32_t i = count; i > 1; i--)
	{
		Item largest = items[0];

		items[0] = items[i - 1];
		items[i - 1] = largest;
		sift_down(items, 0, i - 1);
	}
}

static uint32_t
value_count(const IamJson *value)
{
	if (is_nothing(value))
		return 0;
	return value->type == IAM_JSON_ARRAY ? value->count : 1;
}

/* Sorts and writes checked items. */
static bool
write_items(IamBuf *image, Item *items, uint32_t count, const char *path, IamArray *out, IamError *err)
{
	char quoted[QUOTE_BYTES + 4];

	*out = (IamArray){0, 0};
	if (count == 0)
		return true;
	sort_items(items, count);
	for (uint32_t i = 1; i < count; i++)
		if (compare_items(&items[i - 1], &items[i]) == 0)
			return iam_fail(err, IAM_BAD_ARGUMENT, path, "Key \"%s\" is given twice.",
			                iam_quote(items[i].key, quoted, QUOTE_BYTES));
	out->off = iam_buf_reserve(image, count * sizeof(IamEntry));
	out->count = count;
	for (uint32_t i = 0; i < count; i++)
	{
		const IamJson *value = items[i].value;
		IamEntry       entry;

		memset(&entry, 0, sizeof entry);
		entry.hash = items[i].hash;
		entry.key = iam_image_str(image, items[i].key);
		entry.value_count = value_count(value);
		entry.multivalued = value != NULL && value->type == IAM_JSON_ARRAY;
		if (entry.value_count > 0)
			entry.value_off = iam_buf_reserve(image, (size_t) entry.value_count * sizeof(IamSlice));
		for (uint32_t j = 0; j < entry.value_count; j++)
		{
			const IamJson *one = value->type == IAM_JSON_ARRAY ? &value->items[j] : value;
			IamSlice       slice = iam_image_str(image, one->text);

			if ((j & 1023) == 0)
				iam_poll(image->arena);
			iam_image_put(image, entry.value_off + j * (uint32_t) sizeof slice, &slice, sizeof slice);
		}
		iam_image_put(image, out->off + i * (uint32_t) sizeof entry, &entry, sizeof entry);
	}
	return true;
}

/* NULL and an error where there are more keys than allowed. */
static Item *
make_items(IamBuf *image, uint32_t count, const char *path, IamError *err)
{
	Item *items;

	if (count > IAM_MAX_CONTEXT_KEYS)
	{
		iam_fail(err, IAM_OVER_LIMIT, path, "%u keys are given, the limit is %d.", (unsigned) count,
		         IAM_MAX_CONTEXT_KEYS);
		return NULL;
	}
	items = iam_alloc_array(image->arena, count, sizeof(Item));
	if (items == NULL)
		iam_fail(err, IAM_NO_MEMORY, NULL, "Out of memory.");
	return items;
}

bool
iam_context_write(IamBuf *image, const IamJson *json, const char *path, IamArray *out, IamError *err)
{
	Item *items;
	char  place[IAM_PATH_BYTES];
	char  inner[IAM_PATH_BYTES];

	*out = (IamArray){0, 0};
	if (is_nothing(json))
		return true;
	if (json->type != IAM_JSON_OBJECT)
		return iam_fail(err, IAM_BAD_ARGUMENT, path, "The context must be an object of condition keys.");
	items = make_items(image, json->count, path, err);
	if (items == NULL)
		return false;
	for (uint32_t i = 0; i < json->count; i++)
	{
		const IamJson *value = &json->items[i];

		if (!is_scalar(value) && value->type != IAM_JSON_NULL && value->type != IAM_JSON_ARRAY)
			return iam_fail(
				err, IAM_BAD_ARGUMENT, iam_path_member(place, path, json->keys[i]),
				"A context value is a string, number, boolean, null or an array of those, not an object.");
		for (uint32_t j = 0; value->type == IAM_JSON_ARRAY && j < value->count; j++)
			if (!is_scalar(&value->items[j]))
				return iam_fail(err, IAM_BAD_ARGUMENT,
				                path_item(inner, iam_path_member(place, path, json->keys[i]), j),
				                "An array in the context holds strings, numbers and booleans only.");
		items[i] = (Item){iam_hash32_fold(json->keys[i]), json->keys[i], value};
	}
	return write_items(image, items, json->count, path, out, err);
}

/* The member of an object by either of two spellings. */
static const IamJson *
member_of(const IamJson *object, const char *name, const char *other)
{
	const IamJson *found = iam_json_member(object, name);

	return found != NULL ? found : iam_json_member(object, other);
}

bool
iam_tags_write(IamBuf *image, const IamJson *json, const char *path, IamArray *out, IamError *err)
{
	Item *items;
	char  place[IAM_PATH_BYTES];

	*out = (IamArray){0, 0};
	if (is_nothing(json))
		return true;
	if (json->type != IAM_JSON_OBJECT && json->type != IAM_JSON_ARRAY)
		return iam_fail(err, IAM_BAD_ARGUMENT, path,
		                "Tags are an object {\"key\": \"value\"} or an array of {\"Key\", \"Value\"}.");
	items = make_items(image, json->count, path, err);
	if (items == NULL)
		return false;
	for (uint32_t i = 0; i < json->count; i++)
	{
		const IamJson *tag = &json->items[i];
		const IamJson *value = tag;
		IamStr         key;

		if (json->type == IAM_JSON_OBJECT)
		{
			key = json->keys[i];
			iam_path_member(place, path, key);
		}
		else
		{
			const IamJson *name;

			path_item(place, path, i);
			if (tag->type != IAM_JSON_OBJECT)
				return iam_fail(err, IAM_BAD_ARGUMENT, place, "A tag is an object with Key and Value.");
			name = member_of(tag, "Key", "key");
			value = member_of(tag, "Value", "value");
			if (name == NULL || name->type != IAM_JSON_STRING || value == NULL)
				return iam_fail(err, IAM_BAD_ARGUMENT, place, "A tag is an object with Key and Value.");
			key = name->text;
		}
		if (value->type != IAM_JSON_STRING)
			return iam_fail(err, IAM_BAD_ARGUMENT, place, "A tag's value must be a string.");
		items[i] = (Item){iam_hash32_fold(key), key, value};
	}
	return write_items(image, items, json->count, path, out, err);
}

/* An array of strings into IamSlice[]. */
static bool
write_strings(IamBuf *image, const IamJson *json, bool fold, const char *path, IamArray *out, IamError *err)
{
	char place[IAM_PATH_BYTES];

	*out = (IamArray){0, 0};
	if (json->type != IAM_JSON_ARRAY)
		return iam_fail(err, IAM_BAD_ARGUMENT, path, "This must be an array of strings.");
	if (json->count == 0)
		return true;
	out->count = json->count;
	out->off = iam_buf_reserve(image, (size_t) json->count * sizeof(IamSlice));
	for (uint32_t i = 0; i < json->count; i++)
	{
		const IamJson *item = &json->items[i];
		IamSlice       slice;

		if (item->type != IAM_JSON_STRING)
			return iam_fail(err, IAM_BAD_ARGUMENT, path_item(place, path, i), "This must be a string.");
		slice = iam_image_str(image, item->text);
		if (fold && !image->arena->failed)
			for (uint32_t j = 0; j < slice.len; j++)
				image->data[slice.off + j] = iam_fold_char(image->data[slice.off + j]);
		iam_image_put(image, out->off + i * (uint32_t) sizeof slice, &slice, sizeof slice);
	}
	return true;
}

bool
iam_services_write(IamBuf *image, const IamJson *json, const char *path, IamArray *out, IamError *err)
{
	*out = (IamArray){0, 0};
	return is_nothing(json) || write_strings(image, json, true, path, out, err);
}

/* The string member `name` of an answer of AWS, absent where it is missing or null. */
static bool
read_string(const IamJson *object, const char *name, const char *path, IamStr *out, IamError *err)
{
	const IamJson *json = iam_json_member(object, name);
	char           place[IAM_PATH_BYTES];

	*out = IAM_NO_STR;
	if (is_nothing(json))
		return true;
	if (json->type != IAM_JSON_STRING)
		return iam_fail(err, IAM_BAD_ARGUMENT,
		                iam_path_member(place, path, (IamStr){name, (uint32_t) strlen(name)}),
		                "This must be a string.");
	*out = json->text;
	return true;
}

static void
write_principal(IamBuf *image, IamStr text, IamPrincipal *out)
{
	IamStr account = IAM_NO_STR;
	IamStr partition = IAM_NO_STR;

	memset(out, 0, sizeof *out);
	out->form = IAM_PRINCIPAL_UNUSABLE;
	if (text.len == 0)
		return;
	out->form = (uint8_t) iam_principal_form(IAM_LIT("AWS"), text, &account, &partition);
	/* a grantee is one principal: KMS takes no wildcard */
	if (out->form == IAM_PRINCIPAL_AWS_EVERYONE || out->form == IAM_PRINCIPAL_EVERYONE)
		out->form = IAM_PRINCIPAL_UNUSABLE;
	out->text = iam_image_str(image, text);
	if (account.len > 0)
		out->account = iam_image_part(image, out->text, text, account);
	if (partition.len > 0)
		out->partition = iam_image_part(image, out->text, text, partition);
}

/* An encryption context: an object of strings. */
static bool
write_encryption_context(IamBuf *image, const IamJson *constraints, const char *name, const char *path,
                         IamArray *out, uint8_t *given, IamError *err)
{
	const IamJson *json = iam_json_member(constraints, name);
	char           place[IAM_PATH_BYTES];

	*out = (IamArray){0, 0};
	*given = !is_nothing(json);
	if (!*given)
		return true;
	iam_path_member(place, path, (IamStr){name, (uint32_t) strlen(name)});
	if (json->type != IAM_JSON_OBJECT)
		return iam_fail(err, IAM_BAD_ARGUMENT, place, "An encryption context must be an object of strings.");
	return iam_tags_write(image, json, place, out, err);
}

static bool
write_grant(IamBuf *image, const IamJson *json, const char *path, uint32_t off, IamError *err)
{
	IamKmsGrant    grant;
	IamArray       operations;
	IamArray       equals = {0, 0};
	IamArray       subset = {0, 0};
	IamStr         grantee;
	IamStr         retiring;
	IamStr         id;
	IamStr         issuer;
	const IamJson *list;
	const IamJson *constraints;
	char           place[IAM_PATH_BYTES];

	memset(&grant, 0, sizeof grant);
	if (json->type != IAM_JSON_OBJECT)
		return iam_fail(err, IAM_BAD_ARGUMENT, path, "A grant must be an object, as list-grants gives it.");
	if (!read_string(json, "GranteePrincipal", path, &grantee, err) ||
	    !read_string(json, "RetiringPrincipal", path, &retiring, err) ||
	    !read_string(json, "GrantId", path, &id, err) ||
	    !read_string(json, "IssuingAccount", path, &issuer, err))
		return false;
	/* a grant to a service may come without GranteePrincipal: it grants to nobody who is asked about here */
	if (grantee.len == 0 && iam_json_member(json, "GranteeServicePrincipal") == NULL)
		return iam_fail(err, IAM_BAD_ARGUMENT, path, "The grant has no GranteePrincipal.");
	list = iam_json_member(json, "Operations");
	if (is_nothing(list))
		return iam_fail(err, IAM_BAD_ARGUMENT, path, "The grant has no Operations.");
	constraints = iam_json_member(json, "Constraints");
	write_principal(image, grantee, &grant.grantee);
	write_principal(image, retiring, &grant.retiring);
	grant.grant_id = iam_image_optional(image, id);
	grant.issuing_account = iam_image_optional(image, issuer);
	if (!write_strings(image, list, false, iam_path_member(place, path, IAM_LIT("Operations")), &operations,
	                   err))
		return false;
	if (!is_nothing(constraints))
	{
		iam_path_member(place, path, IAM_LIT("Constraints"));
		if (constraints->type != IAM_JSON_OBJECT)
			return iam_fail(err, IAM_BAD_ARGUMENT, place, "Constraints must be an object.");
		/* a constraint we do not know would make the grant narrower than we see it */
		for (uint32_t i = 0; i < constraints->count; i++)
			if (!iam_str_equal(constraints->keys[i], IAM_LIT("EncryptionContextEquals")) &&
			    !iam_str_equal(constraints->keys[i], IAM_LIT("EncryptionContextSubset")) &&
			    !is_nothing(&constraints->items[i]))
			{
				char inner[IAM_PATH_BYTES];

				return iam_fail(err, IAM_BAD_ARGUMENT, iam_path_member(inner, place, constraints->keys[i]),
				                "This constraint of a grant is unknown.");
			}
		if (!write_encryption_context(image, constraints, "EncryptionContextEquals", place, &equals,
		                              &grant.has_equals, err) ||
		    !write_encryption_context(image, constraints, "EncryptionContextSubset", place, &subset,
		                              &grant.has_subset, err))
			return false;
	}
	grant.operation_off = operations.off;
	grant.operation_count = operations.count;
	grant.equals_off = equals.off;
	grant.equals_count = equals.count;
	grant.subset_off = subset.off;
	grant.subset_count = subset.count;
	iam_image_put(image, off, &grant, sizeof grant);
	return true;
}

/* The array itself, or the answer of AWS that holds it as member `name`. NULL: an error. */
static const IamJson *
array_or_answer(const IamJson *json, const char *name, const char *path, char place[IAM_PATH_BYTES],
                IamError *err)
{
	snprintf(place, IAM_PATH_BYTES, "%s", path);
	if (json->type == IAM_JSON_OBJECT)
	{
		json = iam_json_member(json, name);
		if (json != NULL)
			iam_path_member(place, path, (IamStr){name, (uint32_t) strlen(name)});
	}
	if (json != NULL && json->type == IAM_JSON_ARRAY)
		return json;
	iam_fail(err, IAM_BAD_ARGUMENT, place, "This must be an array, or an object with the array %s.", name);
	return NULL;
}

/* An array of `size`-byte structs, each written at its place by `write`. */
static bool
write_grants(IamBuf *image, const IamJson *json, const char *path, IamArray *out, size_t size,
             bool (*write)(IamBuf *image, const IamJson *item, const char *path, uint32_t off, IamError *err),
             IamError *err)
{
	char place[IAM_PATH_BYTES];
	char inner[IAM_PATH_BYTES];

	*out = (IamArray){0, 0};
	if (is_nothing(json))
		return true;
	json = array_or_answer(json, "Grants", path, place, err);
	if (json == NULL)
		return false;
	if (json->count == 0)
		return true;
	out->count = json->count;
	out->off = iam_buf_reserve(image, json->count * size);
	for (uint32_t i = 0; i < json->count; i++)
	{
		iam_poll(image->arena);
		if (!write(image, &json->items[i], path_item(inner, place, i), out->off + i * (uint32_t) size, err))
			return false;
	}
	return true;
}

bool
iam_grants_write(IamBuf *image, const IamJson *json, const char *path, IamArray *out, IamError *err)
{
	return write_grants(image, json, path, out, sizeof(IamKmsGrant), write_grant, err);
}

static bool
write_acl_grant(IamBuf *image, const IamJson *json, const char *path, uint32_t off, IamError *err)
{
	static const IamStr permissions[] = {
		{"READ", 4}, {"WRITE", 5}, {"READ_ACP", 8}, {"WRITE_ACP", 9}, {"FULL_CONTROL", 12}};
	IamAclGrant    grant;
	const IamJson *grantee;
	IamStr         permission;
	IamStr         type;
	IamStr         id;
	IamStr         uri;
	bool           known = false;
	char           place[IAM_PATH_BYTES];

	memset(&grant, 0, sizeof grant);
	if (json->type != IAM_JSON_OBJECT)
		return iam_fail(err, IAM_BAD_ARGUMENT, path,
		                "A grant must be an object with Grantee and Permission.");
	grantee = iam_json_member(json, "Grantee");
	iam_path_member(place, path, IAM_LIT("Grantee"));
	if (grantee == NULL || grantee->type != IAM_JSON_OBJECT)
		return iam_fail(err, IAM_BAD_ARGUMENT, place,
		                "The grantee must be an object with Type and ID or URI.");
	if (!read_string(json, "Permission", path, &permission, err) ||
	    !read_string(grantee, "Type", place, &type, err) || !read_string(grantee, "ID", place, &id, err) ||
	    !read_string(grantee, "URI", place, &uri, err))
		return false;
	for (size_t i = 0; i < sizeof permissions / sizeof *permissions; i++)
		known = known || iam_str_equal(permission, permissions[i]);
	if (!known)
		return iam_fail(err, IAM_BAD_ARGUMENT, iam_path_member(place, path, IAM_LIT("Permission")),
		                "A permission is READ, WRITE, READ_ACP, WRITE_ACP or FULL_CONTROL.");
	if (iam_str_equal(uri, IAM_LIT("http://acs.amazonaws.com/groups/global/AllUsers")))
		grant.grantee = IAM_ACL_ALL_USERS;
	else if (iam_str_equal(uri, IAM_LIT("http://acs.amazonaws.com/groups/global/AuthenticatedUsers")))
		grant.grantee = IAM_ACL_AUTHENTICATED_USERS;
	else if (id.len > 0 && (type.len == 0 || iam_str_equal(type, IAM_LIT("CanonicalUser"))))
		grant.grantee = IAM_ACL_CANONICAL_USER;
	else
		grant.grantee = IAM_ACL_OTHER;
	grant.canonical_id = iam_image_optional(image, id);
	grant.permission = iam_image_str(image, permission);
	iam_image_put(image, off, &grant, sizeof grant);
	return true;
}

bool
iam_acl_write(IamBuf *image, const IamJson *json, const char *path, IamArray *out, IamError *err)
{
	return write_grants(image, json, path, out, sizeof(IamAclGrant), write_acl_grant, err);
}

bool
iam_block_public_access_read(const IamJson *json, const char *path, uint32_t *flags, IamError *err)
{
	/* only Ignore and Restrict change an evaluation; the Block ones guard writes (S3-3) */
	static const struct
	{
		const char *name;
		uint32_t    flag;
	} settings[] = {{"BlockPublicAcls", 0},
	                {"IgnorePublicAcls", IAM_REQ_BPA_IGNORE_ACLS},
	                {"BlockPublicPolicy", 0},
	                {"RestrictPublicBuckets", IAM_REQ_BPA_RESTRICT}};
	const IamJson *inner;
	char           place[IAM_PATH_BYTES];
	char           base[IAM_PATH_BYTES];

	if (is_nothing(json))
		return true;
	snprintf(base, sizeof base, "%s", path);
	if (json->type == IAM_JSON_OBJECT && json->count == 1 &&
	    (inner = iam_json_member(json, "PublicAccessBlockConfiguration")) != NULL)
	{
		json = inner;
		iam_path_member(base, path, IAM_LIT("PublicAccessBlockConfiguration"));
	}
	if (json->type != IAM_JSON_OBJECT)
		return iam_fail(err, IAM_BAD_ARGUMENT, base,
		                "Block Public Access must be an object of four booleans.");
	for (uint32_t i = 0; i < json->count; i++)
	{
		size_t n = sizeof settings / sizeof *settings;
		size_t s = 0;
		IamStr key = json->keys[i];

		while (s < n &&
		       !(key.len == strlen(settings[s].name) && memcmp(key.data, settings[s].name, key.len) == 0))
			s++;
		iam_path_member(place, base, key);
		if (s == n)
			return iam_fail(err, IAM_BAD_ARGUMENT, place, "This setting of Block Public Access is unknown.");
		if (json->items[i].type == IAM_JSON_NULL)
			continue;
		if (json->items[i].type != IAM_JSON_BOOL)
			return iam_fail(err, IAM_BAD_ARGUMENT, place, "This must be true or false.");
		if (iam_str_equal(json->items[i].text, IAM_LIT("true")))
			*flags |= settings[s].flag;
	}
	return true;
}
