/*
 * policy_check.c: is an untrusted image a policy that every reader can read?
 *
 * Checks whatever a reader relies on: sizes, offsets, alignment, counts, enums,
 * flags, reserved bytes, and the parsed form of every condition value.  It does
 * not compile the text again: an image that passes may say something else than
 * its text, but nothing reads out of bounds.  Allocates nothing.
 */
#include "policy.h"

#include "arn.h"
#include "principal.h"
#include "value.h"

#define ATTO_PER_SECOND UINT64_C(1000000000000000000)
/* an exponent as written, shifted by the digits a text can hold */
#define MAX_EXPONENT (100000 + IAM_MAX_POLICY_BYTES)

#define POLICY_FLAGS ((IAM_DEPENDS_ON_CALLER << 1) - 1)
#define STATEMENT_FLAGS ((IAM_STMT_DEPENDS_ON_CALLER << 1) - 1)
#define PATTERN_FLAGS (IAM_PATTERN_VARIABLE | IAM_PATTERN_SHORT)
#define CONDITION_FLAGS (IAM_COND_IF_EXISTS | IAM_COND_FOR_ALL | IAM_COND_FOR_ANY | IAM_COND_VARIABLE)
#define VALUE_FLAGS (IAM_VALUE_WILDCARD | IAM_VALUE_VARIABLE | IAM_VALUE_TRUE)

/* Lies the slice behind the header? Absent ones are all zero. */
static bool
slice_good(const IamPolicy *policy, IamSlice slice)
{
	uint32_t size = policy->head.size;

	if (slice.off == 0)
		return slice.len == 0;
	return slice.off >= sizeof *policy && slice.off <= size && slice.len <= size - slice.off;
}

static bool
string_good(const IamPolicy *policy, IamSlice slice)
{
	return slice.off != 0 && slice_good(policy, slice);
}

/* An array of count items; an empty one has no offset. */
static bool
array_good(const IamPolicy *policy, uint32_t off, uint32_t count, size_t item)
{
	uint32_t size = policy->head.size;

	if (count == 0)
		return off == 0;
	return off % 4 == 0 && off >= sizeof *policy && off <= size && count <= (size - off) / item;
}

/* Is the part inside the whole? Absent parts are. */
static bool
part_good(IamSlice whole, IamSlice part)
{
	if (part.off == 0)
		return part.len == 0;
	return part.off >= whole.off && part.off - whole.off <= whole.len &&
	       part.len <= whole.len - (part.off - whole.off);
}

/* The entry of an Action, Resource or Principal: never longer than what compiles. */
static bool
entry_good(const IamPolicy *policy, IamSlice slice)
{
	return string_good(policy, slice) && slice.len <= IAM_MAX_PATTERN_BYTES;
}

static bool
same_part(IamStr whole, IamSlice whole_slice, IamStr part, IamSlice part_slice)
{
	if (part.data == NULL)
		return part_slice.off == 0 && part_slice.len == 0;
	return part_slice.off - whole_slice.off == (uint32_t) (part.data - whole.data) &&
	       part_slice.len == part.len;
}

/* Readers take a principal's text apart as its form says: it must be of that form. */
static bool
principal_good(const IamPolicy *policy, const IamPrincipal *principal)
{
	static const char *const types[] = {[IAM_PRINCIPAL_EVERYONE] = "",
	                                    [IAM_PRINCIPAL_AWS_EVERYONE] = "AWS",
	                                    [IAM_PRINCIPAL_ACCOUNT] = "AWS",
	                                    [IAM_PRINCIPAL_USER] = "AWS",
	                                    [IAM_PRINCIPAL_ROLE] = "AWS",
	                                    [IAM_PRINCIPAL_SESSION] = "AWS",
	                                    [IAM_PRINCIPAL_FEDERATED_USER] = "AWS",
	                                    [IAM_PRINCIPAL_UNIQUE_ID] = "AWS",
	                                    [IAM_PRINCIPAL_SERVICE] = "Service",
	                                    [IAM_PRINCIPAL_FEDERATED] = "Federated",
	                                    [IAM_PRINCIPAL_CANONICAL_USER] = "CanonicalUser"};
	IamStr                   text = iam_slice(policy, principal->text);
	IamStr                   account;
	IamStr                   partition;
	const char              *type;

	if (principal->form > IAM_PRINCIPAL_UNUSABLE || !entry_good(policy, principal->text) ||
	    principal->reserved[0] != 0 || principal->reserved[1] != 0 || principal->reserved[2] != 0)
		return false;
	if (principal->form == IAM_PRINCIPAL_UNUSABLE)
		return part_good(principal->text, principal->account) &&
		       part_good(principal->text, principal->partition);
	type = types[principal->form];
	return iam_principal_form((IamStr){type, (uint32_t) strlen(type)}, text, &account, &partition) ==
	           principal->form &&
	       same_part(text, principal->text, account, principal->account) &&
	       same_part(text, principal->text, partition, principal->partition);
}

static bool
principals_good(const IamPolicy *policy, const IamStatement *stmt)
{
	const IamPrincipal *principals = IAM_PRINCIPALS(policy, stmt);

	if (!array_good(policy, stmt->principal_off, stmt->principal_count, sizeof *principals))
		return false;
	for (uint32_t i = 0; i < stmt->principal_count; i++)
		if (!principal_good(policy, &principals[i]))
			return false;
	return true;
}

/* The run of `count` actions from *at on is of one class. */
static bool
run_good(const IamPolicy *policy, const IamStatement *stmt, uint32_t *at, uint32_t count,
         IamActionClass class)
{
	const IamAction *actions = IAM_ACTIONS(policy, stmt);

	if (count > stmt->action_count - *at)
		return false;
	for (uint32_t i = 0; i < count; i++, (*at)++)
	{
		const IamAction *action = &actions[*at];

		/* a name begins behind a colon; that of a prefix is at least its asterisk */
		if (action->action_class != class || action->name == 0 ||
		    (class == IAM_ACTION_PREFIX && action->name == action->text.len))
			return false;
		if (class == IAM_ACTION_EXACT && i > 0 && action->hash < actions[*at - 1].hash)
			return false;
	}
	return true;
}

static bool
actions_good(const IamPolicy *policy, const IamStatement *stmt)
{
	const IamService *services = IAM_SERVICES(policy, stmt);
	const IamAction  *actions = IAM_ACTIONS(policy, stmt);
	uint32_t          at = 0;

	if (!array_good(policy, stmt->service_off, stmt->service_count, sizeof *services) ||
	    !array_good(policy, stmt->action_off, stmt->action_count, sizeof *actions))
		return false;
	for (uint32_t i = 0; i < stmt->action_count; i++)
	{
		const IamAction *action = &actions[i];

		if (action->action_class > IAM_ACTION_UNUSABLE || !entry_good(policy, action->text) ||
		    action->name > action->text.len || action->ordinal >= stmt->action_count ||
		    (action->action_class != IAM_ACTION_EXACT && action->hash != 0) || action->reserved[0] != 0 ||
		    action->reserved[1] != 0 || action->reserved[2] != 0)
			return false;
	}
	for (uint32_t i = 0; i < stmt->service_count; i++)
	{
		const IamService *service = &services[i];

		if (!string_good(policy, service->name) || service->first != at ||
		    (i > 0 && service->hash < services[i - 1].hash) ||
		    !run_good(policy, stmt, &at, service->exact_count, IAM_ACTION_EXACT) ||
		    !run_good(policy, stmt, &at, service->prefix_count, IAM_ACTION_PREFIX) ||
		    !run_good(policy, stmt, &at, service->glob_count, IAM_ACTION_GLOB) || at == service->first)
			return false;
	}
	for (; at < stmt->action_count; at++)
		if (actions[at].action_class != IAM_ACTION_ANY && actions[at].action_class != IAM_ACTION_UNUSABLE)
			return false;
	return true;
}

/* Matching counts the fields of a short pattern: there must be as few as the flag says. */
static bool
short_good(const IamPolicy *policy, const IamPattern *pattern)
{
	IamPattern again;

	iam_pattern_classify(iam_slice(policy, pattern->text), policy->version == IAM_VERSION_2012, &again);
	return again.pattern_class == pattern->pattern_class && again.flags == pattern->flags &&
	       again.tail == pattern->tail;
}

static bool
resources_good(const IamPolicy *policy, const IamStatement *stmt)
{
	const IamPattern *patterns = IAM_RESOURCES(policy, stmt);

	if (!array_good(policy, stmt->resource_off, stmt->resource_count, sizeof *patterns))
		return false;
	for (uint32_t i = 0; i < stmt->resource_count; i++)
	{
		const IamPattern *p = &patterns[i];
		bool wildcard = p->pattern_class == IAM_PATTERN_ANY || p->pattern_class == IAM_PATTERN_PREFIX;

		if (p->pattern_class > IAM_PATTERN_UNUSABLE || !entry_good(policy, p->text) ||
		    p->tail > p->text.len || (p->flags & ~PATTERN_FLAGS) != 0 || p->reserved != 0 ||
		    (wildcard && p->text.len == 0) || ((p->flags & IAM_PATTERN_SHORT) && !short_good(policy, p)))
			return false;
	}
	return true;
}

/* ---- conditions ---- */

static bool
decimal_good(const char *data, uint32_t len)
{
	IamDecimal decimal;

	if (len < sizeof decimal)
		return false;
	memcpy(&decimal, data, sizeof decimal);
	if (decimal.sign < -1 || decimal.sign > 1 || (decimal.sign == 0) != (decimal.digits.len == 0) ||
	    decimal.exponent < -MAX_EXPONENT || decimal.exponent > MAX_EXPONENT || decimal.digits.off > len ||
	    decimal.digits.len > len - decimal.digits.off)
		return false;
	for (uint32_t i = 0; i < decimal.digits.len; i++)
	{
		char c = data[decimal.digits.off + i];
		bool end = i == 0 || i == decimal.digits.len - 1;

		if ((c < '0' || c > '9') && (c != '.' || end))
			return false;
	}
	return true;
}

static bool
instant_good(const char *data, uint32_t len)
{
	IamInstant instant;

	if (len != sizeof instant)
		return false;
	memcpy(&instant, data, sizeof instant);
	return ((uint64_t) instant.atto_high << 32 | instant.atto_low) < ATTO_PER_SECOND;
}

static bool
network_good(const char *data, uint32_t len)
{
	IamNetwork network;

	if (len != sizeof network)
		return false;
	memcpy(&network, data, sizeof network);
	return (network.family == 4 || network.family == 6) &&
	       network.prefix <= (network.family == 4 ? 32 : 128) && network.reserved[0] == 0 &&
	       network.reserved[1] == 0;
}

static bool
value_good(const IamPolicy *policy, const IamValue *value)
{
	const char *data = iam_at(policy, value->data.off);
	bool        has_data = value->data.off != 0;

	if (!string_good(policy, value->text) || !slice_good(policy, value->data) || value->data.off % 4 != 0 ||
	    (value->flags & ~VALUE_FLAGS) != 0 || value->reserved != 0 ||
	    ((value->flags & IAM_VALUE_TRUE) != 0 && value->type != IAM_VALUE_BOOL))
		return false;
	switch (value->type)
	{
		case IAM_VALUE_DECIMAL:
			return has_data && decimal_good(data, value->data.len);
		case IAM_VALUE_INSTANT:
			return has_data && instant_good(data, value->data.len);
		case IAM_VALUE_NETWORK:
			return has_data && network_good(data, value->data.len);
		case IAM_VALUE_BYTES:
			return true;
		case IAM_VALUE_STRING:
		case IAM_VALUE_BOOL:
		case IAM_VALUE_ARN:
		case IAM_VALUE_UNUSABLE:
			return !has_data;
	}
	return false;
}

static bool
conditions_good(const IamPolicy *policy, const IamStatement *stmt)
{
	const IamCondition *conditions = IAM_CONDITIONS(policy, stmt);

	if (!array_good(policy, stmt->condition_off, stmt->condition_count, sizeof *conditions))
		return false;
	for (uint32_t i = 0; i < stmt->condition_count; i++)
	{
		const IamCondition *condition = &conditions[i];
		const IamValue     *values = IAM_VALUES(policy, condition);

		if (condition->op == IAM_OP_NONE || condition->op >= IAM_OP_COUNT ||
		    (condition->flags & ~CONDITION_FLAGS) != 0 || condition->reserved != 0 ||
		    ((condition->flags & IAM_COND_FOR_ALL) && (condition->flags & IAM_COND_FOR_ANY)) ||
		    !string_good(policy, condition->op_text) || !string_good(policy, condition->key) ||
		    !array_good(policy, condition->value_off, condition->value_count, sizeof *values))
			return false;
		for (uint32_t v = 0; v < condition->value_count; v++)
			if (!value_good(policy, &values[v]))
				return false;
	}
	return true;
}

/* ---- the whole ---- */

/* Flags, texts and which parts there are. */
static bool
elements_good(const IamPolicy *policy, const IamStatement *stmt)
{
	uint16_t flags = stmt->flags;
	uint16_t principal = flags & (IAM_STMT_PRINCIPAL | IAM_STMT_NOT_PRINCIPAL);
	uint16_t resource = flags & (IAM_STMT_RESOURCE | IAM_STMT_NOT_RESOURCE);

	return (flags & ~STATEMENT_FLAGS) == 0 && stmt->reserved == 0 &&
	       principal != (IAM_STMT_PRINCIPAL | IAM_STMT_NOT_PRINCIPAL) &&
	       resource != (IAM_STMT_RESOURCE | IAM_STMT_NOT_RESOURCE) && stmt->action_count > 0 &&
	       (resource != 0) == (stmt->resource_count > 0) && (principal != 0 || stmt->principal_count == 0) &&
	       ((flags & IAM_STMT_CONDITION) != 0 || stmt->condition_count == 0) &&
	       string_good(policy, stmt->text) && slice_good(policy, stmt->sid) &&
	       slice_good(policy, stmt->principal_text) && slice_good(policy, stmt->condition_text) &&
	       ((flags & IAM_STMT_SID) != 0) == (stmt->sid.off != 0) &&
	       (principal != 0) == (stmt->principal_text.off != 0) &&
	       ((flags & IAM_STMT_CONDITION) != 0) == (stmt->condition_text.off != 0);
}

bool
iam_policy_check(const void *image, size_t size, IamError *err)
{
	const IamPolicy *policy = image;

	if (size < sizeof *policy || policy->head.size != size)
		return iam_fail(err, IAM_CORRUPT, NULL, "The policy image has a wrong size.");
	if (policy->head.format != IAM_POLICY_FORMAT || policy->head.type != IAM_IMAGE_POLICY)
		return iam_fail(err, IAM_CORRUPT, NULL,
		                "The image is of type %u, format %u, not a policy of format %d.", policy->head.type,
		                policy->head.format, IAM_POLICY_FORMAT);
	if (policy->head.reserved != 0 || policy->version > IAM_VERSION_2012 || policy->reserved != 0 ||
	    (policy->flags & ~POLICY_FLAGS) != 0 || !string_good(policy, policy->text) ||
	    !slice_good(policy, policy->id) || policy->text.len > IAM_MAX_POLICY_BYTES ||
	    policy->statement_count == 0 || policy->statement_count > IAM_MAX_STATEMENTS ||
	    !array_good(policy, policy->statement_off, policy->statement_count, sizeof(IamStatement)))
		return iam_fail(err, IAM_CORRUPT, NULL, "The policy image's header is damaged.");
	for (uint32_t i = 0; i < policy->statement_count; i++)
	{
		const IamStatement *stmt = iam_policy_statement(policy, i);
		const char         *part = NULL;

		if (!elements_good(policy, stmt))
			part = "statement";
		else if (!principals_good(policy, stmt))
			part = "principal list";
		else if (!actions_good(policy, stmt))
			part = "action list";
		else if (!resources_good(policy, stmt))
			part = "resource list";
		else if (!conditions_good(policy, stmt))
			part = "condition list";
		if (part != NULL)
			return iam_fail(err, IAM_CORRUPT, NULL, "The %s of statement %lu of the policy image is damaged.",
			                part, (unsigned long) i);
	}
	return true;
}
