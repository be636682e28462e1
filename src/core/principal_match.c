/*
 * principal_match.c: whom a Principal or NotPrincipal element means: grades of
 * entries (PRIN-1..12, PRIN-15), the strict exemption of Deny with NotPrincipal
 * (PRIN-30, PRIN-31, PRIN-33, Q-7), Allow with NotPrincipal (PRIN-34, PRIN-35),
 * statements without either (PRIN-14), gateway endpoints (VPCE-4).
 */
#include "principal_match.h"

#include "arn.h"

static bool
caller_is(const void *image, IamSlice text, const IamCaller *caller, IamSlice own)
{
	return own.off != 0 && iam_str_equal(iam_slice(image, text), iam_slice(caller, own));
}

static bool
is_role_kind(const IamCaller *caller)
{
	return caller->kind == IAM_CALLER_ROLE || caller->kind == IAM_CALLER_ROLE_SESSION;
}

/* Principals of an account; a federated caller is none (STS-12). */
static bool
belongs_to_account(const IamCaller *caller)
{
	switch ((IamCallerKind) caller->kind)
	{
		case IAM_CALLER_ROOT:
		case IAM_CALLER_USER:
		case IAM_CALLER_ROLE:
		case IAM_CALLER_ROLE_SESSION:
		case IAM_CALLER_FEDERATED_USER:
		case IAM_CALLER_SOMEBODY:
			return true;
		case IAM_CALLER_SERVICE:
		case IAM_CALLER_FEDERATED:
		case IAM_CALLER_ANONYMOUS:
			break;
	}
	return false;
}

/* The entry's account, and its partition where it names one, are the caller's. */
static bool
same_account(const void *image, const IamPrincipal *p, const IamCaller *caller)
{
	return caller_is(image, p->account, caller, caller->account) &&
	       (p->partition.off == 0 || caller->partition.off == 0 ||
	        caller_is(image, p->partition, caller, caller->partition));
}

/* What follows the last `mark` of text; text itself when there is none. */
static IamStr
after_last(IamStr text, char mark)
{
	uint32_t i = text.len;

	while (i > 0 && text.data[i - 1] != mark)
		i--;
	return (IamStr){text.data + i, text.len - i};
}

/*
 * PRIN-6.  A session ARN does not tell its role's path (ARN-12): where the request
 * does not give the role's ARN it has none, for this as for aws:PrincipalArn.
 */
static IamTri
match_role(const void *image, const IamPrincipal *p, const IamCaller *caller)
{
	return is_role_kind(caller) && caller_is(image, p->text, caller, caller->role_arn) ? IAM_YES : IAM_NO;
}

/* PRIN-7, PRIN-15 */
static IamTri
match_session(const void *image, const IamPrincipal *p, const IamCaller *caller, bool unknown_context)
{
	IamStr   text = iam_slice(image, p->text);
	IamStr   name = caller->name.off == 0 ? IAM_NO_STR : iam_slice(caller, caller->name);
	uint32_t rest;

	if (caller->kind == IAM_CALLER_ROLE_SESSION)
		return caller_is(image, p->text, caller, caller->arn) ? IAM_YES : IAM_NO;
	if (caller->kind != IAM_CALLER_ROLE || !unknown_context || !same_account(image, p, caller))
		return IAM_NO;
	/* ...:assumed-role/NAME/SESSION */
	rest = text.len - after_last(text, '/').len;
	return rest > name.len + 2 && text.data[rest - 1] == '/' && text.data[rest - name.len - 2] == '/' &&
	               memcmp(text.data + rest - name.len - 1, name.data, name.len) == 0
	           ? IAM_UNKNOWN
	           : IAM_NO;
}

/* PRIN-10: AIDA..., AROA..., AROA...:session */
static void
match_unique_id(const void *image, const IamPrincipal *p, const IamCaller *caller, bool unknown_context,
                IamTri grades[IAM_GRADE_COUNT])
{
	IamStr      text = iam_slice(image, p->text);
	const char *colon = text.len == 0 ? NULL : memchr(text.data, ':', text.len);
	IamStr      id = {text.data, colon == NULL ? text.len : (uint32_t) (colon - text.data)};

	if (caller->unique_id.off == 0 || !iam_str_equal(id, iam_slice(caller, caller->unique_id)))
		return;
	if (colon != NULL)
	{
		IamStr session = {colon + 1, text.len - id.len - 1};

		if (caller->kind == IAM_CALLER_ROLE_SESSION &&
		    iam_str_equal(session, iam_slice(caller, caller->session)))
			grades[IAM_GRADE_DIRECT] = IAM_YES;
		else if (caller->kind == IAM_CALLER_ROLE && unknown_context)
			grades[IAM_GRADE_DIRECT] = IAM_UNKNOWN;
	}
	else if (caller->kind == IAM_CALLER_USER)
		grades[IAM_GRADE_DIRECT] = IAM_YES;
	else if (is_role_kind(caller))
		grades[IAM_GRADE_ROLE] = IAM_YES;
	else if (caller->kind == IAM_CALLER_FEDERATED_USER)
		grades[IAM_GRADE_FEDERATING_USER] = IAM_YES;
}

/* Nobody in particular asks: the grades the entry could give somebody. */
static void
grades_of_anyone(IamPrincipalForm form, IamTri grades[IAM_GRADE_COUNT])
{
	switch (form)
	{
		case IAM_PRINCIPAL_EVERYONE:
		case IAM_PRINCIPAL_AWS_EVERYONE:
			grades[IAM_GRADE_DIRECT] = IAM_YES;
			break;
		case IAM_PRINCIPAL_ACCOUNT:
		case IAM_PRINCIPAL_CANONICAL_USER:
			grades[IAM_GRADE_ACCOUNT] = grades[IAM_GRADE_DIRECT] = IAM_UNKNOWN;
			break;
		case IAM_PRINCIPAL_USER:
			grades[IAM_GRADE_FEDERATING_USER] = grades[IAM_GRADE_DIRECT] = IAM_UNKNOWN;
			break;
		case IAM_PRINCIPAL_ROLE:
			grades[IAM_GRADE_ROLE] = IAM_UNKNOWN;
			break;
		case IAM_PRINCIPAL_UNIQUE_ID:
			grades[IAM_GRADE_ROLE] = grades[IAM_GRADE_FEDERATING_USER] = grades[IAM_GRADE_DIRECT] =
				IAM_UNKNOWN;
			break;
		case IAM_PRINCIPAL_SESSION:
		case IAM_PRINCIPAL_FEDERATED_USER:
		case IAM_PRINCIPAL_SERVICE:
		case IAM_PRINCIPAL_FEDERATED:
			grades[IAM_GRADE_DIRECT] = IAM_UNKNOWN;
			break;
		case IAM_PRINCIPAL_UNUSABLE:
			break;
	}
}

/*
 * Some principal of an account, or of an account that is not known: an entry for
 * one principal may or may not be the one that asks.  Without unknown context it
 * is not, like the session of a role that is asked about (PRIN-15).
 */
static void
grades_of_somebody(const void *image, const IamPrincipal *p, const IamCaller *caller, bool unknown_context,
                   IamTri grades[IAM_GRADE_COUNT])
{
	IamPrincipalForm form = (IamPrincipalForm) p->form;
	IamTri           maybe = unknown_context ? IAM_UNKNOWN : IAM_NO;
	bool             same = caller->account.off == 0 || same_account(image, p, caller);

	switch (form)
	{
		case IAM_PRINCIPAL_EVERYONE:
		case IAM_PRINCIPAL_AWS_EVERYONE:
			grades[IAM_GRADE_DIRECT] = IAM_YES;
			break;
		case IAM_PRINCIPAL_ACCOUNT:
			if (same)
				grades[IAM_GRADE_ACCOUNT] = caller->account.off != 0 ? IAM_YES : maybe;
			break;
		case IAM_PRINCIPAL_CANONICAL_USER:
			if (caller_is(image, p->text, caller, caller->canonical_id))
				grades[IAM_GRADE_ACCOUNT] = IAM_YES;
			else if (caller->canonical_id.off == 0)
				grades[IAM_GRADE_ACCOUNT] = maybe;
			break;
		case IAM_PRINCIPAL_ROLE:
			grades[IAM_GRADE_ROLE] = same ? maybe : IAM_NO;
			break;
		case IAM_PRINCIPAL_USER:
		case IAM_PRINCIPAL_SESSION:
		case IAM_PRINCIPAL_FEDERATED_USER:
			grades[IAM_GRADE_DIRECT] = same ? maybe : IAM_NO;
			break;
		case IAM_PRINCIPAL_UNIQUE_ID: /* of nobody that is stored (PRIN-10) */
		case IAM_PRINCIPAL_SERVICE:
		case IAM_PRINCIPAL_FEDERATED:
		case IAM_PRINCIPAL_UNUSABLE:
			break;
	}
}

void
iam_principal_grades(const void *image, const IamPrincipal *principal, const IamCaller *caller,
                     bool unknown_context, IamTri grades[IAM_GRADE_COUNT])
{
	IamPrincipalForm form = (IamPrincipalForm) principal->form;

	for (int g = 0; g < IAM_GRADE_COUNT; g++)
		grades[g] = IAM_NO;
	if (caller == NULL)
	{
		grades_of_anyone(form, grades);
		return;
	}
	if (caller->kind == IAM_CALLER_SOMEBODY)
	{
		grades_of_somebody(image, principal, caller, unknown_context, grades);
		return;
	}
	switch (form)
	{
		case IAM_PRINCIPAL_EVERYONE:
			grades[IAM_GRADE_DIRECT] = IAM_YES;
			break;
		case IAM_PRINCIPAL_AWS_EVERYONE:
			if (caller->kind != IAM_CALLER_FEDERATED)
				grades[IAM_GRADE_DIRECT] = IAM_YES;
			break;
		case IAM_PRINCIPAL_ACCOUNT:
			if (belongs_to_account(caller) && same_account(image, principal, caller))
				/* PRIN-4: the root user has nobody to be delegated by */
				grades[caller->kind == IAM_CALLER_ROOT ? IAM_GRADE_DIRECT : IAM_GRADE_ACCOUNT] = IAM_YES;
			break;
		case IAM_PRINCIPAL_CANONICAL_USER:
			if (belongs_to_account(caller) && caller_is(image, principal->text, caller, caller->canonical_id))
				grades[caller->kind == IAM_CALLER_ROOT ? IAM_GRADE_DIRECT : IAM_GRADE_ACCOUNT] = IAM_YES;
			break;
		case IAM_PRINCIPAL_USER:
			if (caller->kind == IAM_CALLER_USER && caller_is(image, principal->text, caller, caller->arn))
				grades[IAM_GRADE_DIRECT] = IAM_YES;
			else if (caller->kind == IAM_CALLER_FEDERATED_USER &&
			         caller_is(image, principal->text, caller, caller->federating_user))
				grades[IAM_GRADE_FEDERATING_USER] = IAM_YES;
			break;
		case IAM_PRINCIPAL_ROLE:
			grades[IAM_GRADE_ROLE] = match_role(image, principal, caller);
			break;
		case IAM_PRINCIPAL_SESSION:
			grades[IAM_GRADE_DIRECT] = match_session(image, principal, caller, unknown_context);
			break;
		case IAM_PRINCIPAL_FEDERATED_USER:
			if (caller->kind == IAM_CALLER_FEDERATED_USER &&
			    caller_is(image, principal->text, caller, caller->arn))
				grades[IAM_GRADE_DIRECT] = IAM_YES;
			break;
		case IAM_PRINCIPAL_UNIQUE_ID:
			match_unique_id(image, principal, caller, unknown_context, grades);
			break;
		case IAM_PRINCIPAL_SERVICE:
			if (caller->kind == IAM_CALLER_SERVICE && caller_is(image, principal->text, caller, caller->name))
				grades[IAM_GRADE_DIRECT] = IAM_YES;
			break;
		case IAM_PRINCIPAL_FEDERATED:
			if (caller->kind == IAM_CALLER_FEDERATED &&
			    (caller_is(image, principal->text, caller, caller->arn) ||
			     caller_is(image, principal->text, caller, caller->name)))
				grades[IAM_GRADE_DIRECT] = IAM_YES;
			break;
		case IAM_PRINCIPAL_UNUSABLE:
			break;
	}
}

const IamFormula *
iam_principal_atom(IamArena *arena, const void *image, const IamPrincipal *principal)
{
	IamStr text = iam_slice(image, principal->text);

	switch ((IamPrincipalForm) principal->form)
	{
		case IAM_PRINCIPAL_SESSION:
			return iam_formula_atom(arena, IAM_ATOM_SESSION_NAME, IAM_NO_STR, after_last(text, '/'), 0, NULL);
		case IAM_PRINCIPAL_UNIQUE_ID:
			if (memchr(text.data, ':', text.len) != NULL)
				return iam_formula_atom(arena, IAM_ATOM_SESSION_NAME, IAM_NO_STR, after_last(text, ':'), 0,
				                        NULL);
			break;
		case IAM_PRINCIPAL_ACCOUNT:
			text = iam_slice(image, principal->account);
			return iam_formula_atom(arena, IAM_ATOM_CONDITION, IAM_LIT("StringEquals"),
			                        IAM_LIT("aws:PrincipalAccount"), 1, &text);
		default:
			break;
	}
	return iam_formula_atom(arena, IAM_ATOM_CONDITION, IAM_LIT("ArnEquals"), IAM_LIT("aws:PrincipalArn"), 1,
	                        &text);
}

/* ---- statements ---- */

/* PRIN-11, PRIN-12, VPCE-4: what an entry means depends on the policy it stands in. */
static void
entry_grades(const IamEvaluation *ev, const IamPolicy *policy, const IamPrincipal *p, IamPolicyKind kind,
             IamTri grades[IAM_GRADE_COUNT])
{
	bool   unknown_context = (ev->request->flags & IAM_REQ_UNKNOWN_CONTEXT) != 0;
	IamStr service = iam_slice(ev->request, ev->request->service);
	bool   s3 = iam_str_equal(service, IAM_LIT("s3"));

	iam_principal_grades(policy, p, ev->caller, unknown_context, grades);
	if ((p->form == IAM_PRINCIPAL_FEDERATED && kind != IAM_KIND_TRUST) ||
	    (p->form == IAM_PRINCIPAL_CANONICAL_USER && !s3))
		grades[IAM_GRADE_ACCOUNT] = grades[IAM_GRADE_DIRECT] = IAM_NO;
	/* gateway endpoint: an account is its root user, who has the direct grade */
	if (kind == IAM_KIND_ENDPOINT && p->form == IAM_PRINCIPAL_ACCOUNT &&
	    (s3 || iam_str_equal(service, IAM_LIT("dynamodb"))))
		grades[IAM_GRADE_ACCOUNT] = IAM_NO;
}

/* A condition that collects as its parts are met: ORed, with its tree where wanted. */
static void
add_term(const IamEvaluation *ev, IamTri value, const IamFormula *atom, IamTri *sum,
         const IamFormula **formula)
{
	*sum = iam_or(*sum, value);
	if (!ev->want_formulas)
		return;
	if (value == IAM_YES)
		*formula = &iam_true;
	else if (value == IAM_UNKNOWN)
		*formula = iam_formula_any(ev->arena, *formula, atom);
}

static const IamFormula *
entry_atom(const IamEvaluation *ev, const IamPolicy *policy, const IamPrincipal *p,
           const IamTri grades[IAM_GRADE_COUNT])
{
	if (!ev->want_formulas)
		return NULL;
	for (int g = 0; g < IAM_GRADE_COUNT; g++)
		if (grades[g] == IAM_UNKNOWN)
			return iam_principal_atom(ev->arena, policy, p);
	return NULL;
}

/* The levels at which a principal has to be listed to be exempt (PRIN-31). */
enum
{
	LEVEL_SELF, /* user, session, federated user, service, provider */
	LEVEL_ROLE,
	LEVEL_ACCOUNT,
	LEVEL_COUNT
};

static unsigned
levels_needed(const IamCaller *caller)
{
	switch ((IamCallerKind) caller->kind)
	{
		case IAM_CALLER_ROOT:
			return 1 << LEVEL_ACCOUNT;
		case IAM_CALLER_USER:
		case IAM_CALLER_FEDERATED_USER:
		case IAM_CALLER_SOMEBODY:
			return 1 << LEVEL_SELF | 1 << LEVEL_ACCOUNT;
		case IAM_CALLER_ROLE:
		case IAM_CALLER_ROLE_SESSION:
			return 1 << LEVEL_SELF | 1 << LEVEL_ROLE | 1 << LEVEL_ACCOUNT;
		case IAM_CALLER_SERVICE:
		case IAM_CALLER_FEDERATED:
		case IAM_CALLER_ANONYMOUS:
			break;
	}
	return 1 << LEVEL_SELF;
}

/* BND-3: not root, nor root's federated sessions, nor service-linked roles. */
static bool
can_have_boundary(const IamCaller *caller)
{
	IamArn arn;

	if (caller->kind == IAM_CALLER_FEDERATED_USER && caller->federating_user.off != 0 &&
	    iam_arn_split(iam_slice(caller, caller->federating_user), &arn) &&
	    iam_str_equal(arn.resource, IAM_LIT("root")))
		return false;
	return belongs_to_account(caller) && caller->kind != IAM_CALLER_ROOT &&
	       (caller->flags & IAM_CALLER_SERVICE_LINKED) == 0;
}

/* Deny with NotPrincipal: is the caller exempt (PRIN-31, PRIN-33)? */
static IamTri
exempt(const IamEvaluation *ev, const IamPolicy *policy, const IamStatement *stmt, IamPolicyKind kind,
       const IamFormula **formula)
{
	const IamPrincipal *entries = IAM_PRINCIPALS(policy, stmt);
	IamTri              listed[LEVEL_COUNT] = {IAM_NO, IAM_NO, IAM_NO};
	const IamFormula   *trees[LEVEL_COUNT] = {&iam_false, &iam_false, &iam_false};
	IamTri              all = IAM_YES;
	unsigned            needed;

	*formula = &iam_false;
	if (stmt->principal_count == 0 || (ev->caller != NULL && can_have_boundary(ev->caller) &&
	                                   (ev->caller->flags & IAM_CALLER_HAS_BOUNDARY) != 0))
		return IAM_NO;
	if (ev->caller == NULL)
	{
		if (ev->want_formulas)
			*formula = iam_principal_atom(ev->arena, policy, &entries[0]);
		return IAM_UNKNOWN;
	}
	needed = levels_needed(ev->caller);
	for (uint32_t i = 0; i < stmt->principal_count; i++)
	{
		const IamPrincipal *p = &entries[i];
		IamTri              grades[IAM_GRADE_COUNT];
		const IamFormula   *atom;

		entry_grades(ev, policy, p, kind, grades);
		atom = entry_atom(ev, policy, p, grades);
		switch ((IamPrincipalForm) p->form)
		{
			case IAM_PRINCIPAL_EVERYONE:
			case IAM_PRINCIPAL_AWS_EVERYONE:
				for (int l = 0; l < LEVEL_COUNT; l++)
					add_term(ev, grades[IAM_GRADE_DIRECT], atom, &listed[l], &trees[l]);
				break;
			case IAM_PRINCIPAL_ACCOUNT:
			case IAM_PRINCIPAL_CANONICAL_USER:
				add_term(ev, iam_or(grades[IAM_GRADE_ACCOUNT], grades[IAM_GRADE_DIRECT]), atom,
				         &listed[LEVEL_ACCOUNT], &trees[LEVEL_ACCOUNT]);
				break;
			default:
				add_term(ev, grades[IAM_GRADE_ROLE], atom, &listed[LEVEL_ROLE], &trees[LEVEL_ROLE]);
				add_term(ev, grades[IAM_GRADE_DIRECT], atom, &listed[LEVEL_SELF], &trees[LEVEL_SELF]);
				break;
		}
	}
	*formula = &iam_true;
	for (int l = 0; l < LEVEL_COUNT; l++)
	{
		if ((needed & 1u << l) == 0)
			continue;
		all = iam_and(all, listed[l]);
		if (ev->want_formulas)
			*formula = iam_formula_all(ev->arena, *formula, trees[l]);
	}
	return all;
}

/* Allow with NotPrincipal: does some entry name the caller in whatever way (PRIN-34)? */
static IamTri
listed_at_all(const IamEvaluation *ev, const IamPolicy *policy, const IamStatement *stmt, IamPolicyKind kind,
              const IamFormula **formula)
{
	const IamPrincipal *entries = IAM_PRINCIPALS(policy, stmt);
	IamTri              listed = IAM_NO;

	*formula = &iam_false;
	for (uint32_t i = 0; i < stmt->principal_count && listed != IAM_YES; i++)
	{
		IamTri            grades[IAM_GRADE_COUNT];
		const IamFormula *atom;

		entry_grades(ev, policy, &entries[i], kind, grades);
		atom = entry_atom(ev, policy, &entries[i], grades);
		for (int g = 0; g < IAM_GRADE_COUNT; g++)
			add_term(ev, grades[g], atom, &listed, formula);
	}
	return listed;
}

static void
match_not_principal(const IamEvaluation *ev, const IamPolicy *policy, const IamStatement *stmt,
                    IamPolicyKind kind, IamPrincipalMatch *match)
{
	bool              deny = (stmt->flags & IAM_STMT_DENY) != 0;
	const IamFormula *formula;
	IamTri            value;

	/* PRIN-35: it has no place there, and granting by it would be a guess */
	if (!deny && (kind == IAM_KIND_TRUST || kind == IAM_KIND_RCP))
		return;
	value = deny ? exempt(ev, policy, stmt, kind, &formula) : listed_at_all(ev, policy, stmt, kind, &formula);
	match->grade[IAM_GRADE_DIRECT] = iam_not(value);
	if (ev->want_formulas)
		match->formula[IAM_GRADE_DIRECT] = iam_formula_not(ev->arena, formula);
}

void
iam_principal_match(const IamEvaluation *ev, const IamPolicy *policy, const IamStatement *stmt,
                    IamPolicyKind kind, IamPrincipalMatch *match)
{
	const IamPrincipal *entries = IAM_PRINCIPALS(policy, stmt);
	int                 best = -1;

	for (int g = 0; g < IAM_GRADE_COUNT; g++)
	{
		match->grade[g] = IAM_NO;
		match->formula[g] = ev->want_formulas ? &iam_false : NULL;
	}
	match->entry = IAM_NO_STR;
	if ((stmt->flags & IAM_STMT_NOT_PRINCIPAL) != 0)
	{
		match_not_principal(ev, policy, stmt, kind, match);
		return;
	}
	/* PRIN-14: without the element the list is empty and nobody is meant */
	for (uint32_t i = 0; i < stmt->principal_count && match->grade[IAM_GRADE_DIRECT] != IAM_YES; i++)
	{
		IamTri            grades[IAM_GRADE_COUNT];
		const IamFormula *atom;

		entry_grades(ev, policy, &entries[i], kind, grades);
		atom = entry_atom(ev, policy, &entries[i], grades);
		for (int g = 0; g < IAM_GRADE_COUNT; g++)
		{
			if (grades[g] == IAM_NO)
				continue;
			add_term(ev, grades[g], atom, &match->grade[g], &match->formula[g]);
			if (g > best)
			{
				best = g;
				match->entry = iam_slice(policy, entries[i].text);
			}
		}
	}
}
