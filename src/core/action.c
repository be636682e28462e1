/*
 * action.c: Action and NotAction entries against a request's action (ACT-1..6).
 *
 * The compiled statement holds its entries by service prefix: exact names
 * sorted by hash, then names that end in one `*`, then other globs.  A look-up
 * is two binary searches and one comparison, however long the list is.
 */
#include "action.h"

#include "glob.h"

static bool
has_wildcard(IamStr s)
{
	return s.len > 0 && (memchr(s.data, '*', s.len) != NULL || memchr(s.data, '?', s.len) != NULL);
}

/*
 * The service is what stands before the first colon, the name all that follows
 * (a second colon belongs to it and so never matches a real action).  Without a
 * colon the service is empty and the name is the whole text.  Nothing is
 * trimmed (ACT-3).
 */
IamActionClass
iam_action_classify(IamStr text, IamStr *service, IamStr *name)
{
	const char *colon = text.len == 0 ? NULL : memchr(text.data, ':', text.len);
	uint32_t    at;

	*service = (IamStr){text.data, 0};
	*name = text;
	if (colon == NULL)
		return text.len == 1 && text.data[0] == '*' ? IAM_ACTION_ANY : IAM_ACTION_UNUSABLE;

	at = (uint32_t) (colon - text.data);
	*service = (IamStr){text.data, at};
	*name = (IamStr){colon + 1, text.len - at - 1};
	if (iam_str_equal(*service, IAM_LIT("*")))
	{
		if (iam_str_equal(*name, IAM_LIT("*")))
			return IAM_ACTION_ANY;
	}
	else if (service->len == 0 || has_wildcard(*service))
		return IAM_ACTION_UNUSABLE;

	if (!has_wildcard(*name))
		return IAM_ACTION_EXACT;
	if (name->data[name->len - 1] == '*' && !has_wildcard((IamStr){name->data, name->len - 1}))
		return IAM_ACTION_PREFIX;
	return IAM_ACTION_GLOB;
}

/* Does `name` begin with the literal of a `literal*` pattern, in any case? */
static bool
prefix_matches(IamStr pattern, IamStr name)
{
	uint32_t len = pattern.len - 1;

	return name.len >= len && iam_str_equal_fold((IamStr){pattern.data, len}, (IamStr){name.data, len});
}

static IamStr
action_name(const IamPolicy *policy, const IamAction *action)
{
	IamStr text = iam_slice(policy, action->text);

	return (IamStr){text.data + action->name, text.len - action->name};
}

/* Looks for the name in one service's entries; returns a statement-wide index or UINT32_MAX. */
static uint32_t
find_in_service(const IamPolicy *policy, const IamStatement *stmt, const IamService *service,
                const IamActionKey *key)
{
	const IamAction *actions = IAM_ACTIONS(policy, stmt);
	uint32_t         low = service->first;
	uint32_t         exact_end = service->first + service->exact_count;
	uint32_t         prefix_end = exact_end + service->prefix_count;
	uint32_t         glob_end = prefix_end + service->glob_count;
	uint32_t         high = exact_end;

	while (low < high)
	{
		uint32_t middle = low + (high - low) / 2;

		if (actions[middle].hash < key->name_hash)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < exact_end && actions[low].hash == key->name_hash; low++)
		if (iam_str_equal_fold(action_name(policy, &actions[low]), key->name))
			return low;
	for (low = exact_end; low < prefix_end; low++)
		if (prefix_matches(action_name(policy, &actions[low]), key->name))
			return low;
	for (; low < glob_end; low++)
		if (iam_like_match_fold(action_name(policy, &actions[low]), key->name))
			return low;
	return UINT32_MAX;
}

static uint32_t
find_service(const IamPolicy *policy, const IamStatement *stmt, IamStr name, uint32_t hash,
             const IamActionKey *key)
{
	const IamService *services = IAM_SERVICES(policy, stmt);
	uint32_t          low = 0;
	uint32_t          high = stmt->service_count;

	while (low < high)
	{
		uint32_t middle = low + (high - low) / 2;

		if (services[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < stmt->service_count && services[low].hash == hash; low++)
	{
		uint32_t found;

		if (!iam_str_equal_fold(iam_slice(policy, services[low].name), name))
			continue;
		found = find_in_service(policy, stmt, &services[low], key);
		if (found != UINT32_MAX)
			return found;
	}
	return UINT32_MAX;
}

/* iam_hash32_fold("*"): one step of FNV-1a */
#define STAR_HASH ((uint32_t) ((2166136261u ^ (uint8_t) '*') * 16777619u))

bool
iam_action_listed(const IamPolicy *policy, const IamStatement *stmt, const IamActionKey *action,
                  uint32_t *matched)
{
	uint32_t found;

	if (stmt->flags & IAM_STMT_ANY_ACTION)
	{
		if (matched != NULL)
		{
			const IamAction *actions = IAM_ACTIONS(policy, stmt);

			/* entries without a service stand last */
			for (*matched = stmt->action_count; *matched > 0;)
				if (actions[--*matched].action_class == IAM_ACTION_ANY)
					break;
		}
		return true;
	}
	found = find_service(policy, stmt, action->service, action->service_hash, action);
	if (found == UINT32_MAX)
		found = find_service(policy, stmt, IAM_LIT("*"), STAR_HASH, action);
	if (found == UINT32_MAX)
		return false;
	if (matched != NULL)
		*matched = found;
	return true;
}

/* A text without a colon is no action: nothing matches it.  Neither is one that no policy or request takes. */
bool
iam_action_matches(IamStr pattern, IamStr action)
{
	const char    *colon = action.len == 0 ? NULL : memchr(action.data, ':', action.len);
	IamStr         service;
	IamStr         name;
	IamStr         pattern_service;
	IamStr         pattern_name;
	IamActionClass action_class;

	if (colon == NULL || action.len > IAM_MAX_PATTERN_BYTES || pattern.len > IAM_MAX_PATTERN_BYTES)
		return false;
	service = (IamStr){action.data, (uint32_t) (colon - action.data)};
	name = (IamStr){colon + 1, action.len - service.len - 1};

	action_class = iam_action_classify(pattern, &pattern_service, &pattern_name);
	if (action_class == IAM_ACTION_ANY)
		return true;
	if (action_class == IAM_ACTION_UNUSABLE)
		return false;
	if (!iam_str_equal(pattern_service, IAM_LIT("*")) && !iam_str_equal_fold(pattern_service, service))
		return false;
	if (action_class == IAM_ACTION_EXACT)
		return iam_str_equal_fold(pattern_name, name);
	if (action_class == IAM_ACTION_PREFIX)
		return prefix_matches(pattern_name, name);
	return iam_like_match_fold(pattern_name, name);
}
