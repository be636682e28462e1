/*
 * verdict.c: a decision in words: what each gate said, the sentence a reviewer
 * reads, and the gate that stopped it (EVAL-12, Q-24).  Decides nothing.
 */
#include "decide_case.h"

#include <stdarg.h>
#include <stdio.h>

#define LISTED_NAMES 4
#define NAME_BYTES 64
#define LABEL_BYTES (NAME_BYTES + 32)

/* ---- gates ---- */

static IamGateVerdict *
add_gate(IamVerdict *verdict, const char *gate, int level, const IamEffect *effect, bool graded)
{
	IamGateVerdict *v;

	if (verdict->verdict_count == IAM_MAX_VERDICTS)
		return NULL;
	v = &verdict->verdicts[verdict->verdict_count++];
	memset(v, 0, sizeof *v);
	v->gate = gate;
	v->level = level;
	v->applies = true;
	v->grade = -1;
	if (effect == NULL)
		return v;
	v->deny = effect->deny;
	for (int g = 0; g < IAM_GRADE_COUNT; g++)
	{
		v->allow = iam_or(v->allow, effect->allow[g]);
		if (graded && effect->allow[g] != IAM_NO)
			v->grade = g;
	}
	if (effect->unreadable)
		snprintf(v->note, sizeof v->note, "%s", "a document is missing or could not be read");
	return v;
}

static void
exempt_gate(IamGateVerdict *v, const char *why)
{
	if (v == NULL)
		return;
	v->applies = false;
	snprintf(v->note, sizeof v->note, "%s", why);
}

/* What kind of caller it is, as the subject of a sentence. */
static const char *
caller_name(const IamCase *c)
{
	switch ((IamCallerKind) c->caller->kind)
	{
		case IAM_CALLER_ROOT:
			return "the root user";
		case IAM_CALLER_USER:
			return "a user";
		case IAM_CALLER_ROLE:
		case IAM_CALLER_ROLE_SESSION:
			return "a role session";
		case IAM_CALLER_FEDERATED_USER:
			return "a federated user";
		case IAM_CALLER_SERVICE:
			return "an AWS service";
		case IAM_CALLER_FEDERATED:
			return "a federated identity";
		case IAM_CALLER_ANONYMOUS:
			return "an anonymous caller";
		case IAM_CALLER_SOMEBODY:
			return "a principal that is not named";
	}
	return "the caller";
}

static void
add_own_gate(const IamCase *c, IamVerdict *verdict, IamPolicyKind kind, const char *what)
{
	const IamEffect *effect = iam_gates_effect(c->gates, kind, 0);
	bool session = c->caller->kind == IAM_CALLER_ROLE || c->caller->kind == IAM_CALLER_ROLE_SESSION ||
	               c->caller->kind == IAM_CALLER_FEDERATED_USER;
	IamGateVerdict *v;
	char            why[sizeof v->note];

	if (effect == NULL)
		return;
	v = add_gate(verdict, iam_kind_name(kind), -1, effect, false);
	if (kind == IAM_KIND_SESSION ? session : c->has_identity && !c->federated_root)
	{
		if (kind == IAM_KIND_BOUNDARY && (c->caller->flags & IAM_CALLER_SERVICE_LINKED) != 0)
			exempt_gate(v, "a service-linked role has no permissions boundary");
		return;
	}
	snprintf(why, sizeof why, "%s has no %s", caller_name(c), what);
	exempt_gate(v, why);
}

static void
add_terms_gate(IamVerdict *verdict, const char *gate, const IamTerm grants[IAM_GRADE_COUNT])
{
	IamGateVerdict *v = add_gate(verdict, gate, -1, NULL, true);

	if (v == NULL)
		return;
	for (int g = 0; g < IAM_GRADE_COUNT; g++)
	{
		v->allow = iam_or(v->allow, grants[g].value);
		if (grants[g].value != IAM_NO)
			v->grade = g;
	}
}

static void
fill_gates(const IamCase *c, const IamParts *p, IamVerdict *verdict)
{
	static const IamPolicyKind resource_kinds[] = {IAM_KIND_RESOURCE, IAM_KIND_TRUST};
	const IamEffect           *effect;
	IamGateVerdict            *v;

	verdict->verdict_count = 0;
	add_own_gate(c, verdict, IAM_KIND_IDENTITY, "identity policies");
	add_own_gate(c, verdict, IAM_KIND_BOUNDARY, "permissions boundary");
	add_own_gate(c, verdict, IAM_KIND_SESSION, "session policies");
	for (int i = 0; i < 2; i++)
	{
		IamPolicyKind kind = resource_kinds[i];

		if ((effect = iam_gates_effect(c->gates, kind, 0)) == NULL)
			continue;
		v = add_gate(verdict, iam_kind_name(kind), -1, effect, true);
		if (kind != c->resource_kind)
			exempt_gate(v, c->trust ? "the role's trust policy decides on this action"
			                        : "a trust policy does not decide on this action");
		else if (c->identity_only)
			exempt_gate(v, "iam:PassRole is decided by the caller's own policies");
		else if (v != NULL && p->restricted.value != IAM_NO)
			snprintf(v->note, sizeof v->note, "%s",
			         "the policy is public, and Block Public Access restricts public buckets");
	}
	for (int level = 0; level < IAM_MAX_LEVELS; level++)
		if ((effect = iam_gates_effect(c->gates, IAM_KIND_SCP, level)) != NULL)
		{
			v = add_gate(verdict, iam_kind_name(IAM_KIND_SCP), level, effect, false);
			if (!p->scp_scope)
				exempt_gate(v, p->scp_why_not);
		}
	for (int level = 0; level < IAM_MAX_LEVELS; level++)
		if ((effect = iam_gates_effect(c->gates, IAM_KIND_RCP, level)) != NULL)
		{
			v = add_gate(verdict, iam_kind_name(IAM_KIND_RCP), level, effect, true);
			if (p->rcp_scope.value == IAM_NO)
				exempt_gate(v, p->rcp_why_not);
			else if (v != NULL && p->rcp_scope.value == IAM_UNKNOWN)
				snprintf(v->note, sizeof v->note, "may not apply: %s", p->rcp_why_not);
		}
	if ((effect = iam_gates_effect(c->gates, IAM_KIND_ENDPOINT, 0)) != NULL)
		add_gate(verdict, iam_kind_name(IAM_KIND_ENDPOINT), -1, effect, true);
	if (c->request->grant_count > 0 && p->kms_key.value != IAM_NO)
		add_terms_gate(verdict, "kms_grant", p->kms_grant);
	if (c->request->acl_count > 0 && !c->trust)
		add_terms_gate(verdict, "acl", p->acl);
}

/* ---- the sentence ---- */

static void
say(IamVerdict *verdict, const char *gate, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void
say(IamVerdict *verdict, const char *gate, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(verdict->reason, sizeof verdict->reason, format, args);
	va_end(args);
	snprintf(verdict->blocked_by, sizeof verdict->blocked_by, "%s", gate == NULL ? "" : gate);
}

static const char *
resource_policy_name(const IamCase *c, const IamParts *p)
{
	return c->trust                      ? "trust policy of the role"
	       : p->kms_key.value == IAM_YES ? "key policy"
	                                     : "resource policy";
}

static void
say_explicit_deny(const IamCase *c, const IamParts *p, IamVerdict *verdict)
{
	for (uint32_t i = 0; i < verdict->verdict_count; i++)
	{
		const IamGateVerdict *v = &verdict->verdicts[i];

		if (!v->applies || v->deny != IAM_YES)
			continue;
		if (strcmp(v->gate, iam_kind_name(IAM_KIND_IDENTITY)) == 0)
			say(verdict, v->gate, "explicitly denied by an identity policy of the caller");
		else if (strcmp(v->gate, iam_kind_name(IAM_KIND_BOUNDARY)) == 0)
			say(verdict, v->gate, "explicitly denied by the permissions boundary of the caller");
		else if (strcmp(v->gate, iam_kind_name(IAM_KIND_SESSION)) == 0)
			say(verdict, v->gate, "explicitly denied by a session policy");
		else if (strcmp(v->gate, iam_kind_name(IAM_KIND_SCP)) == 0)
			say(verdict, v->gate, "explicitly denied by a service control policy at level %d", v->level);
		else if (strcmp(v->gate, iam_kind_name(IAM_KIND_RCP)) == 0)
		{
			if (p->rcp_scope.value != IAM_YES)
				continue;
			say(verdict, v->gate, "explicitly denied by a resource control policy at level %d", v->level);
		}
		else if (strcmp(v->gate, iam_kind_name(IAM_KIND_ENDPOINT)) == 0)
			say(verdict, v->gate, "explicitly denied by the policy of the VPC endpoint");
		else if (iam_bucket_policy_rescue(c))
			continue;
		else
			say(verdict, v->gate, "explicitly denied by the %s", resource_policy_name(c, p));
		return;
	}
	say(verdict, "several",
	    "explicitly denied by one policy or another, whatever the unknown conditions are");
}

/* The first level of a kind that does not allow. */
static void
say_level(IamVerdict *verdict, IamPolicyKind kind, const char *what)
{
	for (uint32_t i = 0; i < verdict->verdict_count; i++)
	{
		const IamGateVerdict *v = &verdict->verdicts[i];

		if (strcmp(v->gate, iam_kind_name(kind)) != 0 || v->allow != IAM_NO)
			continue;
		say(verdict, v->gate, "no %s at level %d allows it", what, v->level);
		return;
	}
	say(verdict, iam_kind_name(kind), "the %s levels do not all allow it", what);
}

/* The identity side of the caller does not allow. */
static bool
say_identity_side(const IamParts *p, IamVerdict *verdict, bool limits_only)
{
	if (!limits_only && p->identity.value == IAM_NO)
		say(verdict, iam_kind_name(IAM_KIND_IDENTITY), "no identity policy of the caller allows it");
	else if (p->boundary.value == IAM_NO)
		say(verdict, iam_kind_name(IAM_KIND_BOUNDARY),
		    "the permissions boundary of the caller does not allow it");
	else if (p->session.value == IAM_NO)
		say(verdict, iam_kind_name(IAM_KIND_SESSION), "no session policy allows it");
	else
		return false;
	return true;
}

static bool
granted_at_all(const IamParts *p)
{
	for (int g = 0; g < IAM_GRADE_COUNT; g++)
		if (p->grant[g].value != IAM_NO)
			return true;
	return false;
}

static void
say_not_granted(const IamCase *c, const IamParts *p, IamVerdict *verdict)
{
	const char *gate = iam_kind_name(c->resource_kind);
	const char *policy = resource_policy_name(c, p);

	if (c->caller->kind == IAM_CALLER_ANONYMOUS && c->trust)
		say(verdict, gate, "an anonymous caller cannot assume a role");
	else if (!c->of_account)
		say(verdict, gate, "the %s does not grant it to %s", policy, caller_name(c));
	else if (p->kms_key.value == IAM_YES && !c->same_account && !iam_kms_crosses_accounts(c))
		say(verdict, "kms", "this KMS operation does not work across accounts");
	else if (c->caller->kind == IAM_CALLER_ROOT || !c->same_account)
	{
		if (!granted_at_all(p))
			say(verdict, gate,
			    c->same_account
			        ? "the %s does not grant it to the root user"
			        : "the resource is in another account, and its %s does not grant it to the caller",
			    c->same_account || c->trust || p->kms_key.value == IAM_YES ? policy : "resource policy");
		else if (!say_identity_side(p, verdict, false))
			say(verdict, gate, "the two accounts do not both allow it");
	}
	else if ((c->trust || p->kms_key.value == IAM_YES) && !granted_at_all(p))
		say(verdict, gate, "the %s neither names the caller nor leaves it to the account's identity policies",
		    policy);
	else if (p->grant[IAM_GRADE_ROLE].value == IAM_YES ||
	         p->grant[IAM_GRADE_FEDERATING_USER].value == IAM_YES ||
	         p->grant[IAM_GRADE_DIRECT].value == IAM_YES)
	{
		if (!say_identity_side(p, verdict, true))
			say(verdict, gate, "what the %s grants is limited by the caller's own policies", policy);
	}
	else if (!say_identity_side(p, verdict, false))
		say(verdict, gate, "the %s and the caller's own policies do not allow it together", policy);
}

static void
say_implicit_deny(const IamCase *c, const IamParts *p, IamVerdict *verdict)
{
	if (p->barred.value == IAM_YES)
		say(verdict, "rule", "%s", p->barred_why);
	else if (p->rcp.value == IAM_NO)
		say_level(verdict, IAM_KIND_RCP, "resource control policy");
	else if (p->scp.value == IAM_NO)
		say_level(verdict, IAM_KIND_SCP, "service control policy");
	else if (p->endpoint.value == IAM_NO)
		say(verdict, iam_kind_name(IAM_KIND_ENDPOINT), "the policy of the VPC endpoint does not allow it");
	else if (p->restricted.value == IAM_YES)
		say(verdict, "block_public_access",
		    "the bucket policy is public, and Block Public Access keeps out callers from outside the owner's "
		    "account");
	else if (p->granted.value == IAM_NO)
		say_not_granted(c, p, verdict);
	else
		say(verdict, "several",
		    "what would allow it is never met together with what the other policies require");
}

static void
say_allowed(const IamCase *c, const IamParts *p, IamVerdict *verdict)
{
	const char *policy = resource_policy_name(c, p);
	bool own = p->identity.value == IAM_YES && p->boundary.value == IAM_YES && p->session.value == IAM_YES;

	if (p->always)
		say(verdict, NULL, "sts:GetCallerIdentity needs no permission");
	else if (iam_needs_no_permission(c))
		say(verdict, NULL, "sts:GetSessionToken needs no permission");
	else if (!c->of_account)
		say(verdict, NULL,
		    p->acl[IAM_GRADE_DIRECT].value == IAM_YES ? "the ACL of the resource grants it to everyone"
		                                              : "the %s grants it to %s",
		    policy, caller_name(c));
	else if (c->caller->kind == IAM_CALLER_ROOT)
		say(verdict, NULL,
		    c->same_account && !c->trust && p->kms_key.value == IAM_NO
		        ? "the root user may do in its own account what no policy denies"
		        : "the %s grants it to the root user",
		    policy);
	else if (!c->same_account && own)
		say(verdict, NULL, "an identity policy of the caller and the %s of the other account both allow it",
		    policy);
	else if (!c->same_account)
		say(verdict, NULL, "a grant on the key names the caller");
	else if (p->grant[IAM_GRADE_DIRECT].value == IAM_YES)
		say(verdict, NULL, "the %s names the caller directly, which is enough inside one account", policy);
	else if (p->grant[IAM_GRADE_ROLE].value == IAM_YES)
		say(verdict, NULL, "the %s names the caller's role, which is enough inside one account", policy);
	else if (p->grant[IAM_GRADE_FEDERATING_USER].value == IAM_YES)
		say(verdict, NULL, "the %s names the federating user, and a session policy allows it", policy);
	else if (c->trust || p->kms_key.value == IAM_YES)
		say(verdict, NULL, "the %s leaves it to the account's identity policies, and one of them allows it",
		    policy);
	else if (c->federated_root)
		say(verdict, NULL, "a session policy allows it");
	else
		say(verdict, NULL, "an identity policy of the caller allows it");
}

/* Distinct names of what a formula depends on, as far as there is room. */
typedef struct Names
{
	char     name[LISTED_NAMES][LABEL_BYTES];
	uint32_t count;
	bool     more;
} Names;

static void
collect_names(Names *names, const IamFormula *f)
{
	char name[LABEL_BYTES];
	char text[NAME_BYTES + 4];

	for (uint32_t i = 0; f->kind != IAM_FORMULA_ATOM && i < f->count; i++)
		collect_names(names, f->children[i]);
	if (f->kind != IAM_FORMULA_ATOM)
		return;
	iam_quote(f->key, text, NAME_BYTES);
	if (f->atom == IAM_ATOM_SESSION_NAME)
		snprintf(name, sizeof name, "%s", "the session name");
	else if (f->atom == IAM_ATOM_RESOURCE)
		snprintf(name, sizeof name, "%s", "the resource");
	else if (f->atom == IAM_ATOM_UNREADABLE)
		snprintf(name, sizeof name, "the unreadable %s", text);
	else
		snprintf(name, sizeof name, "%s", text);
	for (uint32_t i = 0; i < names->count; i++)
		if (strcmp(names->name[i], name) == 0)
			return;
	if (names->count == LISTED_NAMES)
		names->more = true;
	else
		memcpy(names->name[names->count++], name, sizeof name);
}

static void
say_conditional(const IamParts *p, IamVerdict *verdict)
{
	Names  names;
	size_t len;

	names.count = 0;
	names.more = false;
	if (p->allowed.formula != NULL)
		collect_names(&names, p->allowed.formula);
	if (names.count == 0)
	{
		say(verdict, NULL, "conditional: depends on what is not known of the request");
		return;
	}
	say(verdict, NULL, "conditional: depends on %s", names.name[0]);
	for (uint32_t i = 1; i < names.count; i++)
	{
		len = strlen(verdict->reason);
		snprintf(verdict->reason + len, sizeof verdict->reason - len, "%s%s",
		         i + 1 == names.count && !names.more ? " and " : ", ", names.name[i]);
	}
	len = strlen(verdict->reason);
	if (names.more)
		snprintf(verdict->reason + len, sizeof verdict->reason - len, "%s", " and more");
}

void
iam_verdict_fill(const IamCase *c, const IamParts *parts, IamDecision decision, IamVerdict *verdict)
{
	verdict->decision = decision;
	verdict->formula = NULL;
	if (c->ev->want_formulas)
		verdict->formula = decision == IAM_CONDITIONAL ? parts->allowed.formula
		                   : decision == IAM_ALLOWED   ? &iam_true
		                                               : &iam_false;
	fill_gates(c, parts, verdict);
	switch (decision)
	{
		case IAM_EXPLICIT_DENY:
			say_explicit_deny(c, parts, verdict);
			break;
		case IAM_IMPLICIT_DENY:
			say_implicit_deny(c, parts, verdict);
			break;
		case IAM_CONDITIONAL:
			say_conditional(parts, verdict);
			break;
		case IAM_ALLOWED:
			say_allowed(c, parts, verdict);
			break;
	}
}
