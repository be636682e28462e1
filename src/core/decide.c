/*
 * decide.c: the gates of spec section 8, in three-valued logic.
 *
 * Denies first, then the calls that no grant helps, RCP, SCP, endpoint, and then
 * who grants: the pseudo code of the spec, each "if" an AND or OR of terms.
 * Implements EVAL-1..11, EVAL-14, XACC-1..3, XACC-5, XACC-6, BND-1, BND-2, BND-5,
 * SESS-1..7, SCP-1..3, SCP-7, RCP-1, RCP-2, RCP-6, VPCE-1..3, VPCE-7, STS-1..5,
 * STS-9, STS-11..13, STS-2a, PASS-1, KMS-1..5, KMS-8, SSO-2, and the choices of
 * Q-16..19 and Q-23..25.
 *
 * Nothing is allocated but for formulas and resources with wildcards.
 */
#include "decide_case.h"

#include "arn.h"

const char *
iam_decision_name(IamDecision decision)
{
	switch (decision)
	{
		case IAM_EXPLICIT_DENY:
			return "explicit_deny";
		case IAM_IMPLICIT_DENY:
			return "implicit_deny";
		case IAM_CONDITIONAL:
			return "conditional";
		case IAM_ALLOWED:
			return "allowed";
	}
	return "unknown";
}

/* ---- what the files of single services share ---- */

/*
 * A request's resource has its six fields where they are written (ARN-14 reads the
 * account there), so that all of arn:aws:kms:*:111122223333:key/... are keys.
 */
static IamStr
with_fields_as_written(IamStr glob, char out[IAM_MAX_PATTERN_BYTES])
{
	int colons = 0;

	if (glob.len > IAM_MAX_PATTERN_BYTES)
		return glob;
	for (uint32_t i = 0; i < glob.len; i++)
	{
		char byte = glob.data[i];

		colons += byte == ':';
		if (colons < 5 && byte == IAM_ANY)
			byte = IAM_ANY_BUT_COLON;
		out[i] = byte;
	}
	return (IamStr){out, glob.len};
}

IamTerm
iam_resource_in(const IamCase *c, const IamResourceSet *set)
{
	IamStr  glob = {set->glob, (uint32_t) strlen(set->glob)};
	IamStr  resource = iam_slice(c->request, c->request->resource);
	IamStr  pattern = {set->pattern, (uint32_t) strlen(set->pattern)};
	char    fields[IAM_MAX_PATTERN_BYTES];
	IamTri  overlap;
	IamTerm t = {IAM_UNKNOWN, NULL};

	if ((c->request->flags & IAM_REQ_RESOURCE_STAR) != 0)
		return iam_term_of(IAM_NO);
	if ((c->request->flags & IAM_REQ_RESOURCE_GLOB) == 0)
		return iam_term_of(iam_glob_match(glob, resource) ? IAM_YES : IAM_NO);
	resource = with_fields_as_written(resource, fields);
	overlap = iam_glob_overlaps(c->ev->arena, glob, resource);
	if (overlap == IAM_NO)
		return iam_term_of(IAM_NO);
	if (iam_glob_covers(c->ev->arena, glob, resource) == IAM_YES)
		return iam_term_of(IAM_YES);
	if (c->ev->want_formulas)
		t.formula = iam_formula_atom(c->ev->arena, IAM_ATOM_RESOURCE, IAM_NO_STR, pattern, 0, NULL);
	return t;
}

void
iam_add_grade(const IamCase *c, IamTerm grants[IAM_GRADE_COUNT], IamGrade grade, IamTerm term)
{
	grants[grade] = iam_term_or(c, grants[grade], term);
}

/* ---- terms from effects ---- */

static IamTerm
effect_term(const IamCase *c, IamTri value, const IamFormula *f)
{
	IamTerm t = {value, f};

	if (!c->ev->want_formulas)
		t.formula = NULL;
	else if (value != IAM_UNKNOWN)
		t.formula = value == IAM_YES ? &iam_true : &iam_false;
	else if (f == NULL)
		t.formula = iam_formula_atom(c->ev->arena, IAM_ATOM_UNREADABLE, IAM_NO_STR,
		                             IAM_LIT("conditions that were not recorded"), 0, NULL);
	return t;
}

static IamTerm
deny_of(const IamCase *c, const IamEffect *effect)
{
	return effect == NULL ? iam_term_of(IAM_NO) : effect_term(c, effect->deny, effect->deny_formula);
}

static IamTerm
allow_of(const IamCase *c, const IamEffect *effect, IamGrade grade)
{
	return effect == NULL ? iam_term_of(IAM_NO)
	                      : effect_term(c, effect->allow[grade], effect->allow_formula[grade]);
}

static IamTerm
any_grade(const IamCase *c, const IamTerm grants[IAM_GRADE_COUNT])
{
	IamTerm any = grants[IAM_GRADE_DIRECT];

	for (int g = IAM_GRADE_DIRECT - 1; g >= 0; g--)
		any = iam_term_or(c, any, grants[g]);
	return any;
}

static void
no_grants(IamTerm grants[IAM_GRADE_COUNT])
{
	for (int g = 0; g < IAM_GRADE_COUNT; g++)
		grants[g] = iam_term_of(IAM_NO);
}

/* ---- the steps ---- */

static void
begin_case(IamCase *c, const IamEvaluation *ev, const IamGates *gates)
{
	const IamCaller *caller = ev->caller;
	IamStr           account = iam_slice(caller, caller->account);
	IamStr           federating = iam_slice(caller, caller->federating_user);
	IamArn           arn;

	c->ev = ev;
	c->request = ev->request;
	c->caller = caller;
	c->gates = gates;
	c->service = iam_slice(ev->request, ev->request->service);
	c->action = iam_slice(ev->request, ev->request->name);
	c->resource_account = iam_resource_account(ev->request, caller);
	c->of_account = caller->kind != IAM_CALLER_SERVICE && caller->kind != IAM_CALLER_FEDERATED &&
	                caller->kind != IAM_CALLER_ANONYMOUS;
	c->has_identity = c->of_account && caller->kind != IAM_CALLER_ROOT;
	c->federated_root = caller->kind == IAM_CALLER_FEDERATED_USER && caller->federating_user.off != 0 &&
	                    iam_arn_split(federating, &arn) && iam_str_equal(arn.resource, IAM_LIT("root"));
	c->same_account = c->of_account && account.len > 0 && iam_str_equal(account, c->resource_account);
	c->trust = iam_is_trust_action(ev->request);
	c->identity_only = iam_str_equal(c->service, IAM_LIT("iam")) && iam_action_is(c, IAM_LIT("passrole"));
	c->resource_kind = c->trust ? IAM_KIND_TRUST : IAM_KIND_RESOURCE;
}

static bool
has_session_policies(const IamCase *c)
{
	return c->caller->kind == IAM_CALLER_ROLE || c->caller->kind == IAM_CALLER_ROLE_SESSION ||
	       c->caller->kind == IAM_CALLER_FEDERATED_USER;
}

/* BND-3 */
static bool
has_boundary(const IamCase *c)
{
	return c->has_identity && !c->federated_root && (c->caller->flags & IAM_CALLER_SERVICE_LINKED) == 0;
}

/* The gate's effect where the caller can have policies of the kind, else NULL. */
static const IamEffect *
own_effect(const IamCase *c, IamPolicyKind kind)
{
	bool counts = kind == IAM_KIND_SESSION    ? has_session_policies(c)
	              : kind == IAM_KIND_BOUNDARY ? has_boundary(c)
	                                          : c->has_identity && !c->federated_root;

	return counts ? iam_gates_effect(c->gates, kind, 0) : NULL;
}

static const IamEffect *
resource_effect(const IamCase *c)
{
	return c->identity_only ? NULL : iam_gates_effect(c->gates, c->resource_kind, 0);
}

/* SCP-2: each level that exists must allow; without levels there is no such gate. */
static IamTerm
levels_allow(const IamCase *c, IamPolicyKind kind, uint32_t levels)
{
	IamTerm allow = iam_term_of(IAM_YES);

	for (int level = 0; levels != 0; level++, levels >>= 1)
		if ((levels & 1) != 0)
			allow = iam_term_and(c, allow,
			                     allow_of(c, iam_gates_effect(c->gates, kind, level), IAM_GRADE_DIRECT));
	return allow;
}

/* The Allow of an RCP names its principals: any grade will do. */
static IamTerm
rcp_levels_allow(const IamCase *c)
{
	IamTerm  allow = iam_term_of(IAM_YES);
	uint32_t levels = c->gates->rcp_levels;

	for (int level = 0; levels != 0; level++, levels >>= 1)
	{
		IamTerm grants[IAM_GRADE_COUNT];

		if ((levels & 1) == 0)
			continue;
		for (int g = 0; g < IAM_GRADE_COUNT; g++)
			grants[g] = allow_of(c, iam_gates_effect(c->gates, IAM_KIND_RCP, level), (IamGrade) g);
		allow = iam_term_and(c, allow, any_grade(c, grants));
	}
	return allow;
}

static IamTerm
levels_deny(const IamCase *c, IamPolicyKind kind, uint32_t levels)
{
	IamTerm deny = iam_term_of(IAM_NO);

	for (int level = 0; levels != 0; level++, levels >>= 1)
		if ((levels & 1) != 0)
			deny = iam_term_or(c, deny, deny_of(c, iam_gates_effect(c->gates, kind, level)));
	return deny;
}

static void
organization_gates(const IamCase *c, IamParts *p, IamTerm *deny)
{
	p->scp = p->rcp = iam_term_of(IAM_YES);
	p->scp_scope = false;
	p->rcp_scope = iam_term_of(IAM_NO);
	p->scp_why_not = p->rcp_why_not = NULL;
	if (c->gates->scp_levels != 0)
	{
		p->scp_scope = iam_scp_applies(c, &p->scp_why_not);
		if (p->scp_scope)
		{
			p->scp = levels_allow(c, IAM_KIND_SCP, c->gates->scp_levels);
			*deny = iam_term_or(c, *deny, levels_deny(c, IAM_KIND_SCP, c->gates->scp_levels));
		}
	}
	if (c->gates->rcp_levels != 0)
	{
		p->rcp_scope = iam_rcp_applies(c, &p->rcp_why_not);
		if (p->rcp_scope.value != IAM_NO)
		{
			p->rcp = iam_term_or(c, iam_term_not(c, p->rcp_scope), rcp_levels_allow(c));
			*deny = iam_term_or(
				c, *deny, iam_term_and(c, p->rcp_scope, levels_deny(c, IAM_KIND_RCP, c->gates->rcp_levels)));
		}
	}
}

static void
endpoint_gate(const IamCase *c, IamParts *p, IamTerm *deny)
{
	const IamEffect *effect = iam_gates_effect(c->gates, IAM_KIND_ENDPOINT, 0);
	IamTerm          grants[IAM_GRADE_COUNT];

	p->endpoint = iam_term_of(IAM_YES);
	if (effect == NULL)
		return;
	for (int g = 0; g < IAM_GRADE_COUNT; g++)
		grants[g] = allow_of(c, effect, (IamGrade) g);
	p->endpoint = any_grade(c, grants);
	*deny = iam_term_or(c, *deny, deny_of(c, effect));
}

/* What resource policy, KMS grants and ACL give, by grade. */
static void
resource_grants(const IamCase *c, IamParts *p)
{
	const IamEffect *effect = resource_effect(c);

	p->restricted = c->trust ? iam_term_of(IAM_NO) : iam_public_access_restricted(c);
	no_grants(p->kms_grant);
	no_grants(p->acl);
	for (int g = 0; g < IAM_GRADE_COUNT; g++)
		p->grant[g] = allow_of(c, effect, (IamGrade) g);
	if (c->request->grant_count > 0 && p->kms_key.value != IAM_NO)
	{
		iam_kms_grants(c, p->kms_grant);
		for (int g = 0; g < IAM_GRADE_COUNT; g++)
		{
			p->kms_grant[g] = iam_term_and(c, p->kms_key, p->kms_grant[g]);
			iam_add_grade(c, p->grant, (IamGrade) g, p->kms_grant[g]);
		}
	}
	if (c->request->acl_count > 0 && !c->trust)
	{
		iam_acl_grants(c, p->acl);
		for (int g = 0; g < IAM_GRADE_COUNT; g++)
			iam_add_grade(c, p->grant, (IamGrade) g, p->acl[g]);
	}
}

/* The identity side: what the caller may do by its own policies. */
static void
identity_side(const IamCase *c, IamParts *p)
{
	const IamEffect *boundary = own_effect(c, IAM_KIND_BOUNDARY);
	const IamEffect *session = own_effect(c, IAM_KIND_SESSION);

	p->identity = c->federated_root || iam_needs_no_permission(c)
	                  ? iam_term_of(IAM_YES)
	                  : allow_of(c, own_effect(c, IAM_KIND_IDENTITY), IAM_GRADE_DIRECT);
	p->boundary = boundary == NULL || iam_needs_no_permission(c) ? iam_term_of(IAM_YES)
	                                                             : allow_of(c, boundary, IAM_GRADE_DIRECT);
	if (session != NULL)
		p->session = allow_of(c, session, IAM_GRADE_DIRECT);
	else
		/* SESS-4, Q-19: a federation token without policies has no permissions of its own */
		p->session = iam_term_of(c->caller->kind == IAM_CALLER_FEDERATED_USER ? IAM_NO : IAM_YES);
}

/* Who grants, for a resource that is a KMS key or is not. */
static IamTerm
granted(const IamCase *c, const IamParts *p, bool kms_key)
{
	bool    must_be_granted = kms_key || c->trust;
	IamTerm limits = iam_term_and(c, p->boundary, p->session);
	IamTerm identity = iam_term_and(c, p->identity, limits);
	IamTerm direct = p->grant[IAM_GRADE_DIRECT];
	IamTerm named;

	if (c->caller->kind == IAM_CALLER_ANONYMOUS)
		return c->trust ? iam_term_of(IAM_NO) : direct;
	if (!c->of_account)
		return direct;
	if (kms_key && !c->same_account && !iam_kms_crosses_accounts(c))
		return iam_term_of(IAM_NO);
	if (c->caller->kind == IAM_CALLER_ROOT)
		return c->same_account && !must_be_granted ? iam_term_of(IAM_YES) : any_grade(c, p->grant);
	if (!c->same_account)
	{
		IamTerm both = iam_term_and(c, any_grade(c, p->grant), identity);

		if (!kms_key)
			return both;
		/* a grant to the caller itself stands in for its identity policies only */
		named = iam_term_or(c, iam_term_or(c, p->kms_grant[IAM_GRADE_DIRECT], p->kms_grant[IAM_GRADE_ROLE]),
		                    p->kms_grant[IAM_GRADE_FEDERATING_USER]);
		return iam_term_or(c, both, iam_term_and(c, named, limits));
	}
	/* STS-2a, Q-16: the boundary limits a role's assumption even where the user is named */
	if (c->trust)
		direct = iam_term_and(c, direct, p->boundary);
	named = iam_term_and(c, iam_term_or(c, p->grant[IAM_GRADE_ROLE], p->grant[IAM_GRADE_FEDERATING_USER]),
	                     limits);
	/* STS-8: a source identity set in a chain needs the session's own permissions too */
	if (c->trust && has_session_policies(c) && iam_action_is(c, IAM_LIT("setsourceidentity")))
		return iam_term_and(c, any_grade(c, p->grant), identity);
	if (must_be_granted)
		identity = iam_term_and(c, p->grant[IAM_GRADE_ACCOUNT], identity);
	return iam_term_or(c, iam_term_or(c, direct, named), identity);
}

/* Both answers, where it is open whether the resource is a key. */
static IamTerm
granted_either_way(const IamCase *c, const IamParts *p)
{
	IamTerm key;
	IamTerm other;
	IamTerm either;

	if (p->kms_key.value != IAM_UNKNOWN)
		return granted(c, p, p->kms_key.value == IAM_YES);
	key = granted(c, p, true);
	other = granted(c, p, false);
	either = iam_term_or(c, iam_term_and(c, p->kms_key, key),
	                     iam_term_and(c, iam_term_not(c, p->kms_key), other));
	if (key.value == other.value)
		either.value = key.value;
	return either;
}

/* The denies of all policies that apply (EVAL-2), and the gates beside the grants. */
static void
collect(const IamCase *c, IamParts *p)
{
	static const IamPolicyKind own[] = {IAM_KIND_IDENTITY, IAM_KIND_BOUNDARY, IAM_KIND_SESSION};
	IamTerm                    deny = iam_term_of(IAM_NO);

	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		deny = iam_term_or(c, deny, deny_of(c, own_effect(c, own[i])));
	if (!iam_bucket_policy_rescue(c))
		deny = iam_term_or(c, deny, deny_of(c, resource_effect(c)));
	organization_gates(c, p, &deny);
	endpoint_gate(c, p, &deny);
	p->deny = deny;
	p->barred = iam_barred(c, &p->barred_why);
	p->kms_key = iam_is_kms_key(c);
	resource_grants(c, p);
	identity_side(c, p);
	p->granted = granted_either_way(c, p);
}

/* EVAL-14: from the values to the verdict. */
static IamDecision
decision_of(IamTri deny, IamTri allow)
{
	if (deny == IAM_YES)
		return IAM_EXPLICIT_DENY;
	if (allow == IAM_NO)
		return IAM_IMPLICIT_DENY;
	return allow == IAM_YES && deny == IAM_NO ? IAM_ALLOWED : IAM_CONDITIONAL;
}

static void
sharpen(IamTerm *t)
{
	if (t->formula != NULL && t->value == IAM_UNKNOWN)
		t->value = iam_formula_value(t->formula);
}

IamDecision
iam_decide(const IamEvaluation *evaluation, const IamGates *gates, IamVerdict *verdict)
{
	IamCase     c;
	IamParts    parts;
	IamTerm     open;
	IamDecision decision;

	begin_case(&c, evaluation, gates);
	parts.always = iam_always_allowed(&c);
	collect(&c, &parts);
	if (parts.always)
	{
		parts.allowed = iam_term_of(IAM_YES);
		decision = IAM_ALLOWED;
	}
	else
	{
		open = iam_term_and(&c, iam_term_and(&c, parts.rcp, parts.scp), parts.endpoint);
		open = iam_term_and(&c, open, iam_term_not(&c, iam_term_or(&c, parts.barred, parts.restricted)));
		open = iam_term_and(&c, open, parts.granted);
		parts.allowed = iam_term_and(&c, iam_term_not(&c, parts.deny), open);
		decision = decision_of(parts.deny.value, open.value);
		if (decision == IAM_CONDITIONAL)
		{
			sharpen(&parts.deny);
			sharpen(&open);
			sharpen(&parts.allowed);
			decision = decision_of(parts.deny.value, open.value);
			/* a deny that takes all that is granted */
			if (decision == IAM_CONDITIONAL && parts.allowed.value == IAM_NO)
				decision = IAM_IMPLICIT_DENY;
		}
	}
	if (verdict != NULL)
		iam_verdict_fill(&c, &parts, decision, verdict);
	return decision;
}
