/*
 * validate_statement.c: what a statement of a kind of policy holds and does not
 * hold (table 1.1, GRAM-20, GRAM-21, GRAM-35, GRAM-39e..39i, RCP-9), and its
 * actions (GRAM-13, GRAM-24, GRAM-36..38, GRAM-39j).
 */
#include "validate_rules.h"

#include "glob.h"

/* ---- elements ---- */

static void
prohibit(IamValidator *v, IamElement element, const char *rule)
{
	IamStr name = iam_element_names[element];

	iam_place_member(&v->place, name);
	iam_find(v, IAM_STAGE_KIND, IAM_MALFORMED, rule, iam_fill(v->arena, "Has prohibited field %", &name));
	iam_place_leave(&v->place, 1);
}

static void
check_sid(IamValidator *v, const IamPartStatement *statement)
{
	IamStr sid = statement->sid.text;

	if (!v->rules->plain_sid)
		return;
	for (uint32_t i = 0; i < sid.len; i++)
	{
		char c = iam_fold_char(sid.data[i]);

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			continue;
		iam_place_member(&v->place, iam_element_names[IAM_ELEMENT_SID]);
		iam_find_text(v, IAM_STAGE_KIND, IAM_MALFORMED, "GRAM-39e",
		              "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies "
		              "the regular expression [0-9A-Za-z]*");
		iam_place_leave(&v->place, 1);
		return;
	}
}

static void
check_principal_elements(IamValidator *v, const IamPartStatement *statement)
{
	bool principal = statement->has[IAM_ELEMENT_PRINCIPAL];
	bool not_principal = statement->has[IAM_ELEMENT_NOT_PRINCIPAL];

	if (v->rules->principal == IAM_FORBIDDEN)
	{
		if (principal || not_principal)
		{
			iam_place_member(
				&v->place, iam_element_names[principal ? IAM_ELEMENT_PRINCIPAL : IAM_ELEMENT_NOT_PRINCIPAL]);
			iam_find_text(v, IAM_STAGE_KIND, IAM_MALFORMED, "GRAM-39f",
			              "Policy document should not specify a principal.");
			iam_place_leave(&v->place, 1);
		}
		return;
	}
	if (not_principal && !v->rules->not_principal)
		prohibit(v, IAM_ELEMENT_NOT_PRINCIPAL, "PRIN-35");
	else if (not_principal && (statement->flags & IAM_STMT_DENY) == 0)
	{
		iam_place_member(&v->place, iam_element_names[IAM_ELEMENT_NOT_PRINCIPAL]);
		iam_find_text(v, IAM_STAGE_KIND, IAM_MALFORMED, "GRAM-21",
		              "\"NotPrincipal\" is supported only with \"Effect\": \"Deny\".");
		iam_place_leave(&v->place, 1);
	}
	if (!principal && !(not_principal && v->rules->not_principal))
		iam_find_text(v, IAM_STAGE_KIND, IAM_MALFORMED, "GRAM-39i", "Missing required field Principal");
}

static void
check_resource_elements(IamValidator *v, const IamPartStatement *statement)
{
	bool has = statement->has[IAM_ELEMENT_RESOURCE] || statement->has[IAM_ELEMENT_NOT_RESOURCE];

	if (v->rules->resource == IAM_FORBIDDEN && has)
		prohibit(v, statement->has[IAM_ELEMENT_RESOURCE] ? IAM_ELEMENT_RESOURCE : IAM_ELEMENT_NOT_RESOURCE,
		         "GRAM-39g");
	else if (v->rules->resource == IAM_REQUIRED && !has)
		iam_find_text(v, IAM_STAGE_RESOURCES, IAM_MALFORMED, "GRAM-35",
		              "Policy statement must contain resources.");
	else if (v->rules->resource == IAM_EXPECTED && !has)
		iam_find_text(v, IAM_STAGE_WARNING, "MISSING_RESOURCE", "GRAM-4",
		              "Most services require \"Resource\" or \"NotResource\" in a resource policy.");
}

void
iam_validate_statement(IamValidator *v, const IamPartStatement *statement)
{
	check_sid(v, statement);
	check_principal_elements(v, statement);
	check_resource_elements(v, statement);
	if (v->rules->deny_only && statement->has[IAM_ELEMENT_EFFECT] && (statement->flags & IAM_STMT_DENY) == 0)
	{
		iam_place_member(&v->place, iam_element_names[IAM_ELEMENT_EFFECT]);
		iam_find_text(v, IAM_STAGE_KIND, IAM_MALFORMED, "RCP-9", "A resource control policy can only deny.");
		iam_place_leave(&v->place, 1);
	}
	if (statement->has[IAM_ELEMENT_NOT_ACTION] && !v->rules->not_action)
		prohibit(v, IAM_ELEMENT_NOT_ACTION, v->kind == IAM_VALIDATE_RCP ? "RCP-9" : "GRAM-24");
	if (v->rules->principal != IAM_FORBIDDEN)
		iam_validate_principals(v, statement);
	iam_validate_actions(v, statement);
	if (v->rules->resource != IAM_FORBIDDEN)
		iam_validate_resources(v, statement);
	iam_validate_conditions(v, statement);
}

/* ---- actions ---- */

static bool
is_vendor(IamStr s)
{
	for (uint32_t i = 0; i < s.len; i++)
	{
		char c = iam_fold_char(s.data[i]);

		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '-')
			return false;
	}
	return s.len > 0;
}

/* GRAM-13; false: a finding */
static bool
check_action_format(IamValidator *v, IamStr action)
{
	const char *colon = action.len == 0 ? NULL : memchr(action.data, ':', action.len);
	IamStr      vendor;
	IamStr      name;

	if (iam_str_equal(action, IAM_LIT("*")))
		return true;
	if (colon == NULL)
	{
		iam_find_text(v, IAM_STAGE_ACTION_FORMAT, IAM_MALFORMED, "GRAM-36",
		              "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
		return false;
	}
	vendor = (IamStr){action.data, (uint32_t) (colon - action.data)};
	name = (IamStr){colon + 1, action.len - vendor.len - 1};
	if (name.len > 0 && memchr(name.data, ':', name.len) != NULL)
	{
		iam_find_text(v, IAM_STAGE_ACTION_FORMAT, IAM_MALFORMED, "GRAM-37",
		              "Actions/Condition can contain only one colon.");
		return false;
	}
	if (!iam_str_equal(vendor, IAM_LIT("*")) && !is_vendor(vendor))
	{
		iam_find(v, IAM_STAGE_ACTION_FORMAT, IAM_MALFORMED, "GRAM-38",
		         iam_fill(v->arena, "Vendor % is not valid", &vendor));
		return false;
	}
	if (name.len == 0)
	{
		iam_find(v, IAM_STAGE_ACTION_FORMAT, IAM_MALFORMED, "GRAM-13",
		         iam_fill(v->arena, "Action % names nothing behind its vendor.", &action));
		return false;
	}
	return true;
}

/* GRAM-24: of service sts, and at least one assume-type action matches */
static bool
is_trust_action(IamStr action)
{
	static const char *const names[] = {"AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity",
	                                    "TagSession", "SetSourceIdentity",  "SetContext"};
	IamStr                   prefix = IAM_LIT("sts:");
	IamStr                   name;

	if (action.len < prefix.len || !iam_str_equal_fold((IamStr){action.data, prefix.len}, prefix))
		return false;
	name = (IamStr){action.data + prefix.len, action.len - prefix.len};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (iam_like_match_fold(name, (IamStr){names[i], (uint32_t) strlen(names[i])}))
			return true;
	return false;
}

void
iam_validate_actions(IamValidator *v, const IamPartStatement *statement)
{
	bool negated = statement->has[IAM_ELEMENT_NOT_ACTION];

	iam_place_member(&v->place, iam_element_names[negated ? IAM_ELEMENT_NOT_ACTION : IAM_ELEMENT_ACTION]);
	for (uint32_t i = 0; i < statement->actions.count; i++)
	{
		const IamPartString *entry = &statement->actions.items[i];
		bool                 any_vendor = iam_str_starts(entry->text, IAM_LIT("*"));

		iam_place_entry(&v->place, &statement->actions, entry);
		if (check_action_format(v, entry->text))
		{
			if (v->kind == IAM_VALIDATE_TRUST && !negated && !is_trust_action(entry->text))
				iam_find_text(v, IAM_STAGE_KIND, IAM_MALFORMED, "GRAM-39j",
				              "AssumeRole policy may only specify STS AssumeRole actions.");
			if (v->kind == IAM_VALIDATE_RCP && any_vendor)
				iam_find_text(v, IAM_STAGE_KIND, IAM_MALFORMED, "RCP-9",
				              "An action of a resource control policy must name its service.");
		}
		iam_place_leave_entry(&v->place, &statement->actions);
	}
	iam_place_leave(&v->place, 1);
}
