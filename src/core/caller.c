/*
 * caller.c: who asks, compiled: the kinds of request principal (spec 5.1), the
 * role of a session (ARN-12, PRIN-15, STS-16), unique ids (ID-1) and
 * service-linked roles (SLR-1).
 *
 * A principal that is none of these is an error: a typo must not read as
 * somebody without permissions.
 */
#include "request.h"
#include "request_entries.h"

#include <stdio.h>

#define QUOTE_BYTES 64
#define PRINCIPAL_PATH "$.principal"

/* What a principal's spelling says; all strings are parts of the text. */
typedef struct Principal
{
	IamCallerKind kind;
	IamStr        partition;
	IamStr        account;
	IamStr        name;
	IamStr        session;
	IamStr        path; /* users and roles: what stands between kind and name, with both slashes */
} Principal;

static const IamStr builtin_providers[] = {{"cognito-identity.amazonaws.com", 30},
                                           {"www.amazon.com", 14},
                                           {"graph.facebook.com", 18},
                                           {"accounts.google.com", 19}};

const char *
iam_caller_kind_name(IamCallerKind kind)
{
	switch (kind)
	{
		case IAM_CALLER_ROOT:
			return "root";
		case IAM_CALLER_USER:
			return "user";
		case IAM_CALLER_ROLE:
			return "role";
		case IAM_CALLER_ROLE_SESSION:
			return "role_session";
		case IAM_CALLER_FEDERATED_USER:
			return "federated_user";
		case IAM_CALLER_SERVICE:
			return "service";
		case IAM_CALLER_FEDERATED:
			return "federated";
		case IAM_CALLER_ANONYMOUS:
			return "anonymous";
		case IAM_CALLER_SOMEBODY:
			return "somebody";
	}
	return "unknown";
}

static bool
fail_principal(IamError *err, IamStr text, const char *what)
{
	char quoted[QUOTE_BYTES + 4];

	iam_fail(err, IAM_BAD_ARGUMENT, PRINCIPAL_PATH, "\"%s\" %s.", iam_quote(text, quoted, QUOTE_BYTES), what);
	if (err != NULL)
		snprintf(err->hint, sizeof err->hint, "%s",
		         "Give the ARN of a user, role, role session, federated user, root or identity provider, "
		         "a service such as ec2.amazonaws.com, an account id, or anonymous.");
	return false;
}

static bool
cut_prefix(IamStr *s, IamStr prefix)
{
	if (!iam_str_starts(*s, prefix))
		return false;
	*s = (IamStr){s->data + prefix.len, s->len - prefix.len};
	return true;
}

static IamStr
cut_suffix_from(IamStr s, uint32_t at)
{
	return (IamStr){s.data + at, s.len - at};
}

/* `path/to/name` behind user/ or role/: the name, and the path with the slash before it. */
static bool
split_path(IamStr rest, Principal *p)
{
	uint32_t slash = rest.len;

	while (slash > 0 && rest.data[slash - 1] != '/')
		slash--;
	p->name = cut_suffix_from(rest, slash);
	p->path = (IamStr){rest.data - 1, slash + 1};
	return p->name.len > 0 && rest.data[0] != '/';
}

static bool
read_iam_arn(IamStr resource, Principal *p)
{
	IamStr rest = resource;

	if (iam_str_equal(rest, IAM_LIT("root")))
	{
		p->kind = IAM_CALLER_ROOT;
		return true;
	}
	if (cut_prefix(&rest, IAM_LIT("user/")))
	{
		p->kind = IAM_CALLER_USER;
		return split_path(rest, p);
	}
	if (cut_prefix(&rest, IAM_LIT("role/")))
	{
		p->kind = IAM_CALLER_ROLE;
		return split_path(rest, p);
	}
	if (cut_prefix(&rest, IAM_LIT("oidc-provider/")) || cut_prefix(&rest, IAM_LIT("saml-provider/")))
	{
		p->kind = IAM_CALLER_FEDERATED;
		return rest.len > 0;
	}
	return false;
}

static bool
read_sts_arn(IamStr resource, Principal *p)
{
	IamStr      rest = resource;
	const char *slash;

	if (cut_prefix(&rest, IAM_LIT("federated-user/")))
	{
		p->kind = IAM_CALLER_FEDERATED_USER;
		p->name = rest;
		return rest.len > 0 && memchr(rest.data, '/', rest.len) == NULL;
	}
	if (!cut_prefix(&rest, IAM_LIT("assumed-role/")) || rest.len == 0)
		return false;
	slash = memchr(rest.data, '/', rest.len);
	if (slash == NULL)
		return false;
	p->kind = IAM_CALLER_ROLE_SESSION;
	p->name = (IamStr){rest.data, (uint32_t) (slash - rest.data)};
	p->session = cut_suffix_from(rest, p->name.len + 1);
	return p->name.len > 0 && p->session.len > 0 && memchr(p->session.data, '/', p->session.len) == NULL;
}

/* An ARN of IAM or STS with an account and no region. */
static bool
read_arn(IamStr text, Principal *p)
{
	IamArn arn;

	memset(p, 0, sizeof *p);
	if (!iam_arn_split(text, &arn) || arn.partition.len == 0 || arn.region.len != 0 ||
	    !iam_is_account_id(arn.account))
		return false;
	p->partition = arn.partition;
	p->account = arn.account;
	if (iam_str_equal(arn.service, IAM_LIT("iam")))
		return read_iam_arn(arn.resource, p);
	if (iam_str_equal(arn.service, IAM_LIT("sts")))
		return read_sts_arn(arn.resource, p);
	return false;
}

static bool
is_service_host(IamStr s)
{
	IamStr suffixes[] = {IAM_LIT(".amazonaws.com"), IAM_LIT(".amazonaws.com.cn")};

	for (uint32_t i = 0; i < s.len; i++)
	{
		char c = iam_fold_char(s.data[i]);

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
		      (c == '.' && i > 0 && s.data[i - 1] != '.')))
			return false;
	}
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
		if (s.len > suffixes[i].len &&
		    iam_str_equal(cut_suffix_from(s, s.len - suffixes[i].len), suffixes[i]))
			return true;
	return false;
}

static bool
read_principal(IamStr text, Principal *p, IamError *err)
{
	memset(p, 0, sizeof *p);
	if (text.len > IAM_MAX_PATTERN_BYTES)
		return iam_fail(err, IAM_OVER_LIMIT, PRINCIPAL_PATH,
		                "The principal is %u bytes long, the limit is %d.", (unsigned) text.len,
		                IAM_MAX_PATTERN_BYTES);
	for (uint32_t i = 0; i < text.len; i++)
	{
		if (text.data[i] == '*' || text.data[i] == '?')
			return fail_principal(err, text, "has a wildcard; a request has one principal");
		if ((uint8_t) text.data[i] <= ' ' || text.data[i] == 0x7f)
			return fail_principal(err, text, "is not a principal");
	}
	if (iam_str_equal(text, IAM_LIT("anonymous")))
	{
		p->kind = IAM_CALLER_ANONYMOUS;
		return true;
	}
	if (iam_is_account_id(text))
	{
		p->kind = IAM_CALLER_ROOT;
		p->account = text;
		p->partition = IAM_LIT("aws");
		return true;
	}
	if (iam_str_starts(text, IAM_LIT("arn:")))
		return read_arn(text, p) || fail_principal(err, text, "is not the ARN of a request principal");
	for (size_t i = 0; i < sizeof builtin_providers / sizeof *builtin_providers; i++)
		if (iam_str_equal(text, builtin_providers[i]))
		{
			p->kind = IAM_CALLER_FEDERATED;
			return true;
		}
	if (is_service_host(text))
	{
		p->kind = IAM_CALLER_SERVICE;
		return true;
	}
	return fail_principal(err, text, "is not a principal");
}

/* Some principal of an account, or of any account: `*`. */
static bool
read_somebody(IamStr text, Principal *p, IamError *err)
{
	memset(p, 0, sizeof *p);
	if (!iam_str_equal(text, IAM_LIT("*")) && !read_principal(text, p, err))
		return false;
	if (p->account.len == 0 ? text.len != 1 : p->kind != IAM_CALLER_ROOT)
		return fail_principal(err, text, "is neither an account nor *");
	p->kind = IAM_CALLER_SOMEBODY;
	return true;
}

static bool
is_role(IamCallerKind kind)
{
	return kind == IAM_CALLER_ROLE || kind == IAM_CALLER_ROLE_SESSION;
}

/* The role given beside the principal must be the principal's own (ARN-12). */
static bool
check_role_arn(const Principal *p, IamStr text, Principal *role, IamError *err)
{
	const char *path = "$.principal_role_arn";
	char        quoted[QUOTE_BYTES + 4];

	if (text.len > IAM_MAX_PATTERN_BYTES)
		return iam_fail(err, IAM_OVER_LIMIT, path, "The ARN is %u bytes long, the limit is %d.",
		                (unsigned) text.len, IAM_MAX_PATTERN_BYTES);
	if (!is_role(p->kind))
		return iam_fail(err, IAM_BAD_ARGUMENT, path,
		                "Only a role session has a role, the principal is of kind %s.",
		                iam_caller_kind_name(p->kind));
	if (!read_arn(text, role) || role->kind != IAM_CALLER_ROLE)
		return iam_fail(err, IAM_BAD_ARGUMENT, path, "\"%s\" is not the ARN of a role.",
		                iam_quote(text, quoted, QUOTE_BYTES));
	if (!iam_str_equal(role->account, p->account) || !iam_str_equal(role->partition, p->partition) ||
	    !iam_str_equal_fold(role->name, p->name))
		return iam_fail(err, IAM_BAD_ARGUMENT, path, "\"%s\" is not the role of the principal.",
		                iam_quote(text, quoted, QUOTE_BYTES));
	return true;
}

/* ID-1: letters, digits and underscores; a session behind a colon is cut off. */
static bool
check_unique_id(const Principal *p, IamStr given, IamStr *id, IamError *err)
{
	const char *path = "$.principal_unique_id";
	const char *colon = memchr(given.data, ':', given.len);
	bool        good;
	char        quoted[QUOTE_BYTES + 4];

	*id = given;
	if (colon != NULL)
		id->len = (uint32_t) (colon - given.data);
	good = id->len > 0 && id->len <= 128 && (colon == NULL || is_role(p->kind));
	for (uint32_t i = 0; i < id->len && good; i++)
	{
		char c = iam_fold_char(id->data[i]);

		good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
	}
	if (!good)
		return iam_fail(err, IAM_BAD_ARGUMENT, path, "\"%s\" is not a unique id such as AIDA... or AROA...",
		                iam_quote(given, quoted, QUOTE_BYTES));
	/* of a federated user: that of the user who federated it (PRIN-5, PRIN-10) */
	if (p->kind != IAM_CALLER_USER && p->kind != IAM_CALLER_FEDERATED_USER && !is_role(p->kind))
		return iam_fail(err, IAM_BAD_ARGUMENT, path,
		                "Only a user or role has a unique id, the principal is of kind %s.",
		                iam_caller_kind_name(p->kind));
	return true;
}

/* GetFederationToken is called by a user or the root user of the same account. */
static bool
check_federating_user(const Principal *p, IamStr text, IamError *err)
{
	const char *path = "$.federating_user";
	Principal   user;
	char        quoted[QUOTE_BYTES + 4];

	if (text.len > IAM_MAX_PATTERN_BYTES)
		return iam_fail(err, IAM_OVER_LIMIT, path, "The ARN is %u bytes long, the limit is %d.",
		                (unsigned) text.len, IAM_MAX_PATTERN_BYTES);
	if (p->kind != IAM_CALLER_FEDERATED_USER)
		return iam_fail(err, IAM_BAD_ARGUMENT, path,
		                "Only a federated user has a federating user, the principal is of kind %s.",
		                iam_caller_kind_name(p->kind));
	if (!read_arn(text, &user) || (user.kind != IAM_CALLER_USER && user.kind != IAM_CALLER_ROOT))
		return iam_fail(err, IAM_BAD_ARGUMENT, path, "\"%s\" is not the ARN of a user or of root.",
		                iam_quote(text, quoted, QUOTE_BYTES));
	if (!iam_str_equal(user.account, p->account))
		return iam_fail(err, IAM_BAD_ARGUMENT, path,
		                "The federating user must be of the principal's account.");
	return true;
}

static IamSlice
part_of(IamBuf *image, const IamCaller *caller, IamStr text, IamStr part)
{
	if (part.len == 0)
		return (IamSlice){0, 0};
	return iam_image_part(image, caller->text, text, part);
}

/* P, A, middle and name put together: arn:P:iam::A:middle name */
static IamSlice
compose_arn(IamBuf *image, const Principal *p, IamStr middle, IamStr name)
{
	uint32_t off = (uint32_t) image->len;

	iam_buf_str(image, IAM_LIT("arn:"));
	iam_buf_str(image, p->partition);
	iam_buf_str(image, IAM_LIT(":iam::"));
	iam_buf_str(image, p->account);
	iam_buf_str(image, middle);
	iam_buf_str(image, name);
	return (IamSlice){off, (uint32_t) image->len - off};
}

/* The slices that follow from the principal's spelling and its role. */
static void
write_names(IamBuf *image, IamCaller *caller, IamStr text, const Principal *p, IamStr role_arn,
            const Principal *role)
{
	caller->kind = (uint8_t) p->kind;
	caller->text = iam_image_str(image, text);
	caller->partition = part_of(image, caller, text, p->partition);
	caller->account = part_of(image, caller, text, p->account);
	caller->name = part_of(image, caller, text, p->name);
	caller->session = part_of(image, caller, text, p->session);
	caller->arn = caller->text;
	switch (p->kind)
	{
		case IAM_CALLER_ROOT:
			if (iam_is_account_id(text))
				caller->arn = compose_arn(image, p, IAM_LIT(":root"), IAM_NO_STR);
			break;
		case IAM_CALLER_ROLE:
			caller->role_arn = caller->text;
			caller->flags |= IAM_CALLER_PATH_KNOWN;
			break;
		case IAM_CALLER_ROLE_SESSION:
			if (role_arn.len > 0)
			{
				caller->role_arn = iam_image_str(image, role_arn);
				/* the spelling of the role itself, where the session's differs in case */
				caller->name = iam_image_part(image, caller->role_arn, role_arn, role->name);
				caller->flags |= IAM_CALLER_PATH_KNOWN;
			}
			else
				caller->role_arn = compose_arn(image, p, IAM_LIT(":role/"), p->name);
			break;
		case IAM_CALLER_SERVICE:
			caller->arn = (IamSlice){0, 0};
			caller->name = caller->text;
			break;
		case IAM_CALLER_FEDERATED:
			caller->name = caller->text;
			break;
		case IAM_CALLER_ANONYMOUS:
		case IAM_CALLER_SOMEBODY:
			caller->arn = (IamSlice){0, 0};
			break;
		case IAM_CALLER_USER:
		case IAM_CALLER_FEDERATED_USER:
			break;
	}
}

bool
iam_caller_compile(IamArena *arena, const IamCallerInput *input, const IamCaller **out, IamError *err)
{
	IamCaller   caller;
	Principal   p;
	Principal   role;
	IamStr      unique_id = IAM_NO_STR;
	IamBuf      image;
	IamArray    tags;
	const void *result;

	memset(&role, 0, sizeof role);
	if (!(input->any_principal ? read_somebody(input->principal, &p, err)
	                           : read_principal(input->principal, &p, err)) ||
	    (input->role_arn.len > 0 && !check_role_arn(&p, input->role_arn, &role, err)) ||
	    (input->unique_id.len > 0 && !check_unique_id(&p, input->unique_id, &unique_id, err)) ||
	    (input->federating_user.len > 0 && !check_federating_user(&p, input->federating_user, err)))
		return false;
	if (input->service_linked_role && !is_role(p.kind))
		return iam_fail(err, IAM_BAD_ARGUMENT, "$.principal_is_service_linked_role",
		                "Only a role is service-linked, the principal is of kind %s.",
		                iam_caller_kind_name(p.kind));
	if (p.kind == IAM_CALLER_ROLE && input->role_arn.len > 0 &&
	    !iam_str_equal(input->role_arn, input->principal))
		return iam_fail(err, IAM_BAD_ARGUMENT, "$.principal_role_arn",
		                "The principal is a role itself, and this is another ARN.");

	memset(&caller, 0, sizeof caller);
	iam_image_begin(&image, arena, sizeof caller,
	                2 * (size_t) input->principal.len + input->role_arn.len + 96);
	write_names(&image, &caller, input->principal, &p,
	            p.kind == IAM_CALLER_ROLE_SESSION ? input->role_arn : IAM_NO_STR, &role);
	caller.unique_id = iam_image_optional(&image, unique_id);
	caller.federating_user = iam_image_optional(&image, input->federating_user);
	caller.canonical_id = iam_image_optional(&image, input->canonical_id);
	caller.org_id = iam_image_optional(&image, input->org_id);
	caller.org_path = iam_image_optional(&image, input->org_path);
	if (input->in_management_account)
		caller.flags |= IAM_CALLER_IN_MANAGEMENT_ACCOUNT;
	if (input->service_linked_role ||
	    (is_role(p.kind) &&
	     iam_str_starts(role.account.len > 0 ? role.path : p.path, IAM_LIT("/aws-service-role/"))))
		caller.flags |= IAM_CALLER_SERVICE_LINKED;
	if (input->has_boundary)
		caller.flags |= IAM_CALLER_HAS_BOUNDARY;
	if (input->org_known)
		caller.flags |= IAM_CALLER_ORG_KNOWN;
	if (input->tags_known)
		caller.flags |= IAM_CALLER_TAGS_KNOWN;
	if (!iam_tags_write(&image, input->tags, "$.principal_tags", &tags, err))
		return false;
	caller.tag_off = tags.off;
	caller.tag_count = tags.count;
	if (!iam_image_end(&image, &caller, sizeof caller, IAM_IMAGE_CALLER, IAM_CALLER_FORMAT, &result, err))
		return false;
	*out = result;
	return true;
}
