/*
 * derived_keys.c: the keys of spec section 11 that follow from the caller and
 * the request (CTX-1..8, CTX-11, CTX-15..17, PRIN-15, Q-15, Q-31).
 *
 * The table below is the spec's table.  What it marks as known to be absent is
 * so under unknown context too; what only the caller of the evaluation can say
 * is not derived.  A caller that is an identity provider has none of the
 * principal's keys.
 */
#include "derived_keys.h"

typedef enum DerivedKey
{
	KEY_PRINCIPAL_ARN,
	KEY_USER_ID,
	KEY_USER_NAME,
	KEY_PRINCIPAL_TYPE,
	KEY_PRINCIPAL_ACCOUNT,
	KEY_PRINCIPAL_ORG_ID,
	KEY_PRINCIPAL_ORG_PATHS,
	KEY_PRINCIPAL_IS_SERVICE,
	KEY_SERVICE_NAME,
	KEY_SERVICE_NAMES_LIST,
	KEY_TOKEN_ISSUE_TIME,
	KEY_MFA_PRESENT,
	KEY_MFA_AGE,
	KEY_FEDERATED_PROVIDER,
	KEY_SOURCE_IDENTITY,
	KEY_KMS_CALLER_ACCOUNT,
	KEY_RESOURCE_ACCOUNT,
	KEY_S3_RESOURCE_ACCOUNT,
	KEY_RESOURCE_ORG_ID,
	KEY_RESOURCE_ORG_PATHS,
	KEY_CURRENT_TIME,
	KEY_EPOCH_TIME,
	KEY_VIA_AWS_SERVICE,
	KEY_REQUESTED_REGION
} DerivedKey;

typedef struct KeyInfo
{
	uint32_t    hash; /* iam_hash32_fold of the name */
	uint8_t     key;  /* DerivedKey */
	uint8_t     len;
	const char *name;

	/*
	 * Principal keys, by kind of caller: root, user, role session, federated
	 * user, service, anonymous, identity provider, somebody.  V: derived; -: known
	 * to be absent; a dot: not derivable.  Keys of the resource's owner: "owner".  Others: NULL.
	 */
	const char *by_kind;
} KeyInfo;

#define KEY(hash, key, name, by_kind)              \
	{                                              \
		hash, key, sizeof(name) - 1, name, by_kind \
	}

static const char owner_key[] = "owner";

/* Sorted by hash. */
static const KeyInfo keys[] = {
	KEY(0x065e07f1, KEY_PRINCIPAL_ORG_ID, "aws:PrincipalOrgID", "VVVV---V"),
	KEY(0x1a540d88, KEY_REQUESTED_REGION, "aws:RequestedRegion", NULL),
	KEY(0x466950d8, KEY_CURRENT_TIME, "aws:CurrentTime", NULL),
	KEY(0x56734664, KEY_USER_NAME, "aws:username", "-V-----."),
	KEY(0x57453226, KEY_SERVICE_NAME, "aws:PrincipalServiceName", "----V---"),
	KEY(0x59dd194f, KEY_SOURCE_IDENTITY, "aws:SourceIdentity", "--.----."),
	KEY(0x5bb587f8, KEY_EPOCH_TIME, "aws:EpochTime", NULL),
	KEY(0x7774d1fb, KEY_RESOURCE_ORG_ID, "aws:ResourceOrgID", owner_key),
	KEY(0x7d10fdce, KEY_PRINCIPAL_TYPE, "aws:PrincipalType", "VVVV-V-."),
	KEY(0x87f36db8, KEY_PRINCIPAL_ORG_PATHS, "aws:PrincipalOrgPaths", "VVVV---V"),
	KEY(0x8bffe93b, KEY_MFA_AGE, "aws:MultiFactorAuthAge", "..-----."),
	KEY(0x8eb8fe72, KEY_S3_RESOURCE_ACCOUNT, "s3:ResourceAccount", owner_key),
	KEY(0x93dadb07, KEY_RESOURCE_ACCOUNT, "aws:ResourceAccount", owner_key),
	KEY(0x9525c871, KEY_PRINCIPAL_ACCOUNT, "aws:PrincipalAccount", "VVVV-V-V"),
	KEY(0x97549baa, KEY_KMS_CALLER_ACCOUNT, "kms:CallerAccount", "VVVV..-V"),
	KEY(0xc2f2687e, KEY_PRINCIPAL_IS_SERVICE, "aws:PrincipalIsAWSService", "VVVVV--V"),
	KEY(0xe473f75d, KEY_FEDERATED_PROVIDER, "aws:FederatedProvider", "--.----."),
	KEY(0xe59884ab, KEY_MFA_PRESENT, "aws:MultiFactorAuthPresent", "...----."),
	KEY(0xe746d840, KEY_VIA_AWS_SERVICE, "aws:ViaAWSService", NULL),
	KEY(0xeac0a39a, KEY_RESOURCE_ORG_PATHS, "aws:ResourceOrgPaths", owner_key),
	KEY(0xf2351c2a, KEY_USER_ID, "aws:userid", "VVVV-V-."),
	KEY(0xf37b1f69, KEY_PRINCIPAL_ARN, "aws:PrincipalArn", "VVVV---."),
	KEY(0xfa9639a5, KEY_TOKEN_ISSUE_TIME, "aws:TokenIssueTime", "-...---."),
	KEY(0xfc7b0117, KEY_SERVICE_NAMES_LIST, "aws:PrincipalServiceNamesList", "----V---")};

static const char principal_tag_by_kind[] = "-VVV---.";

/*
 * Actions whose requests carry no aws:ResourceAccount, aws:ResourceOrgID and
 * aws:ResourceOrgPaths (CTX-5), folded; an empty name stands for every action.
 */
typedef struct ActionName
{
	IamStr service;
	IamStr name;
} ActionName;

#define ACTION(service, name)           \
	{                                   \
		{service, sizeof(service) - 1}, \
		{                               \
			name, sizeof(name) - 1      \
		}                               \
	}

static const ActionName actions_without_owner[] = {ACTION("ebs", ""),
                                                   ACTION("events", ""),
                                                   ACTION("ec2", "accepttransitgatewaypeeringattachment"),
                                                   ACTION("ec2", "acceptvpcendpointconnections"),
                                                   ACTION("ec2", "acceptvpcpeeringconnection"),
                                                   ACTION("ec2", "copyimage"),
                                                   ACTION("ec2", "copysnapshot"),
                                                   ACTION("ec2", "createtransitgatewaypeeringattachment"),
                                                   ACTION("ec2", "createvolume"),
                                                   ACTION("ec2", "createvpcendpoint"),
                                                   ACTION("ec2", "createvpcpeeringconnection"),
                                                   ACTION("ec2", "deletetransitgatewaypeeringattachment"),
                                                   ACTION("ec2", "deletevpcpeeringconnection"),
                                                   ACTION("ec2", "rejecttransitgatewaypeeringattachment"),
                                                   ACTION("ec2", "rejectvpcendpointconnections"),
                                                   ACTION("ec2", "rejectvpcpeeringconnection"),
                                                   ACTION("route53", "associatevpcwithhostedzone"),
                                                   ACTION("route53", "createvpcassociationauthorization"),
                                                   ACTION("route53", "deletevpcassociationauthorization"),
                                                   ACTION("route53", "disassociatevpcfromhostedzone"),
                                                   ACTION("route53", "listhostedzonesbyvpc"),
                                                   ACTION("workspaces", "describeworkspaceimages")};

/* Services with one endpoint, which is in us-east-1 (CTX-8). */
static const IamStr global_services[] = {
	{"iam", 3}, {"sts", 3}, {"organizations", 13}, {"cloudfront", 10}, {"route53", 7}};

/* ---- recognising keys ---- */

static const KeyInfo *
find_key(IamStr key, uint32_t hash)
{
	size_t low = 0;
	size_t high = sizeof keys / sizeof keys[0];

	while (low < high)
	{
		size_t middle = (low + high) / 2;

		if (keys[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < sizeof keys / sizeof keys[0] && keys[low].hash == hash &&
	    iam_str_equal_fold(key, (IamStr){keys[low].name, keys[low].len}))
		return &keys[low];
	return NULL;
}

/* The part of a key behind `prefix`, where it begins so. */
static bool
cut_prefix(IamStr key, IamStr prefix, IamStr *rest)
{
	if (key.len <= prefix.len || !iam_str_equal_fold((IamStr){key.data, prefix.len}, prefix))
		return false;
	*rest = (IamStr){key.data + prefix.len, key.len - prefix.len};
	return true;
}

bool
iam_key_depends_on_caller(IamStr key)
{
	const KeyInfo *info = find_key(key, iam_hash32_fold(key));
	IamStr         tag;

	/* the owner's keys too: an owner that is not given is the caller's account (ARN-14) */
	if (info != NULL)
		return info->by_kind != NULL;
	return cut_prefix(key, IAM_LIT("aws:PrincipalTag/"), &tag);
}

/* ---- answers ---- */

static bool
give_nothing(IamTri present, IamContextValue *out)
{
	out->present = present;
	out->multivalued = false;
	out->count = 0;
	out->image = NULL;
	out->values = NULL;
	out->single = IAM_NO_STR;
	return true;
}

static bool
give_absent(IamContextValue *out)
{
	return give_nothing(IAM_NO, out);
}

/* An empty value is none we could know: not derivable. */
static bool
give(IamStr value, bool list, IamContextValue *out)
{
	if (value.len == 0)
		return false;
	out->present = IAM_YES;
	out->multivalued = list;
	out->count = 1;
	out->image = NULL;
	out->values = NULL;
	out->single = value;
	return true;
}

/* a:b, put together in scratch; what does not fit there is no identifier of AWS */
static bool
give_pair(IamStr a, IamStr b, IamContextValue *out)
{
	uint32_t room = sizeof out->scratch;

	if (a.len == 0 || b.len == 0 || a.len >= room || b.len >= room - a.len)
		return false;
	memcpy(out->scratch, a.data, a.len);
	out->scratch[a.len] = ':';
	memcpy(out->scratch + a.len + 1, b.data, b.len);
	return give((IamStr){out->scratch, a.len + 1 + b.len}, false, out);
}

static bool
give_organization(IamStr value, bool known, bool list, IamContextValue *out)
{
	if (value.len > 0)
		return give(value, list, out);
	return known && give_absent(out);
}

/* ---- keys of the caller ---- */

/* The column of KeyInfo.by_kind. */
static unsigned
kind_column(const IamCaller *caller)
{
	switch ((IamCallerKind) caller->kind)
	{
		case IAM_CALLER_ROOT:
			return 0;
		case IAM_CALLER_USER:
			return 1;
		case IAM_CALLER_ROLE:
		case IAM_CALLER_ROLE_SESSION:
			return 2;
		case IAM_CALLER_FEDERATED_USER:
			return 3;
		case IAM_CALLER_SERVICE:
			return 4;
		case IAM_CALLER_ANONYMOUS:
			return 5;
		case IAM_CALLER_FEDERATED:
			return 6;
		case IAM_CALLER_SOMEBODY:
			break;
	}
	return 7;
}

static bool
derive_user_id(const IamCaller *caller, IamContextValue *out)
{
	switch ((IamCallerKind) caller->kind)
	{
		case IAM_CALLER_ROOT:
			return give(iam_slice(caller, caller->account), false, out);
		case IAM_CALLER_USER:
			return give(iam_slice(caller, caller->unique_id), false, out);
		case IAM_CALLER_ROLE_SESSION:
			return give_pair(iam_slice(caller, caller->unique_id), iam_slice(caller, caller->session), out);
		case IAM_CALLER_FEDERATED_USER:
			return give_pair(iam_slice(caller, caller->account), iam_slice(caller, caller->name), out);
		case IAM_CALLER_ANONYMOUS:
			return give(IAM_LIT("anonymous"), false, out);
		case IAM_CALLER_ROLE: /* of an arbitrary session (PRIN-15) */
		case IAM_CALLER_SERVICE:
		case IAM_CALLER_FEDERATED:
		case IAM_CALLER_SOMEBODY:
			break;
	}
	return false;
}

static bool
derive_principal_type(const IamCaller *caller, IamContextValue *out)
{
	switch ((IamCallerKind) caller->kind)
	{
		case IAM_CALLER_ROOT:
			return give(IAM_LIT("Account"), false, out);
		case IAM_CALLER_USER:
			return give(IAM_LIT("User"), false, out);
		case IAM_CALLER_ROLE:
		case IAM_CALLER_ROLE_SESSION:
			return give(IAM_LIT("AssumedRole"), false, out);
		case IAM_CALLER_FEDERATED_USER:
			return give(IAM_LIT("FederatedUser"), false, out);
		case IAM_CALLER_ANONYMOUS:
			return give(IAM_LIT("Anonymous"), false, out);
		case IAM_CALLER_SERVICE:
		case IAM_CALLER_FEDERATED:
		case IAM_CALLER_SOMEBODY:
			break;
	}
	return false;
}

/* A key marked V for this kind of caller. */
static bool
derive_from_caller(const IamRequest *request, const IamCaller *caller, DerivedKey key, IamContextValue *out)
{
	bool org_known = (caller->flags & IAM_CALLER_ORG_KNOWN) != 0;

	switch (key)
	{
		case KEY_PRINCIPAL_ARN:
			if (caller->kind == IAM_CALLER_ROLE || caller->kind == IAM_CALLER_ROLE_SESSION)
				return give(iam_slice(caller, caller->role_arn), false, out);
			return give(iam_slice(caller, caller->arn), false, out);
		case KEY_USER_ID:
			return derive_user_id(caller, out);
		case KEY_USER_NAME:
			return give(iam_slice(caller, caller->name), false, out);
		case KEY_PRINCIPAL_TYPE:
			return derive_principal_type(caller, out);
		case KEY_PRINCIPAL_ACCOUNT:
			if (caller->kind == IAM_CALLER_ANONYMOUS)
				return give(IAM_LIT("anonymous"), false, out);
			return give(iam_slice(caller, caller->account), false, out);
		case KEY_PRINCIPAL_ORG_ID:
			return give_organization(iam_slice(caller, caller->org_id), org_known, false, out);
		case KEY_PRINCIPAL_ORG_PATHS:
			return give_organization(iam_slice(caller, caller->org_path),
			                         org_known && caller->org_id.len == 0, true, out);
		case KEY_PRINCIPAL_IS_SERVICE:
			return give(caller->kind == IAM_CALLER_SERVICE ? IAM_LIT("true") : IAM_LIT("false"), false, out);
		case KEY_SERVICE_NAME:
			return give(iam_slice(caller, caller->name), false, out);
		case KEY_SERVICE_NAMES_LIST:
			return give(iam_slice(caller, caller->name), true, out);
		case KEY_KMS_CALLER_ACCOUNT:
			if (!iam_str_equal(iam_slice(request, request->service), IAM_LIT("kms")))
				return false;
			return give(iam_slice(caller, caller->account), false, out);
		default:
			return false;
	}
}

static bool
derive_principal_key(const IamRequest *request, const IamCaller *caller, const KeyInfo *info,
                     IamContextValue *out)
{
	unsigned column;

	if (caller == NULL)
		return give_nothing(IAM_UNKNOWN, out);
	column = kind_column(caller);
	if (info->by_kind[column] == '.')
		return false;
	if (info->by_kind[column] == '-')
		return give_absent(out);
	return derive_from_caller(request, caller, (DerivedKey) info->key, out);
}

/* A tag of the caller or of the resource. */
static bool
derive_tag(const void *image, uint32_t off, uint32_t count, bool known, IamStr name, IamContextValue *out)
{
	const IamEntry *entry = iam_entry_find(image, off, count, name, iam_hash32_fold(name));

	if (entry == NULL)
		return known && give_absent(out);
	iam_context_take_entry(image, entry, out);
	return true;
}

static bool
derive_principal_tag(const IamCaller *caller, IamStr name, IamContextValue *out)
{
	unsigned column;

	if (caller == NULL)
		return give_nothing(IAM_UNKNOWN, out);
	column = kind_column(caller);
	if (principal_tag_by_kind[column] == '.')
		return false;
	if (principal_tag_by_kind[column] == '-')
		return give_absent(out);
	return derive_tag(caller, caller->tag_off, caller->tag_count,
	                  (caller->flags & IAM_CALLER_TAGS_KNOWN) != 0, name, out);
}

/* ---- keys of the request ---- */

static bool
carries_no_owner(const IamRequest *request)
{
	IamStr service = iam_slice(request, request->service);
	IamStr name = iam_slice(request, request->name);

	for (size_t i = 0; i < sizeof actions_without_owner / sizeof actions_without_owner[0]; i++)
		if (iam_str_equal(service, actions_without_owner[i].service) &&
		    (actions_without_owner[i].name.len == 0 || iam_str_equal(name, actions_without_owner[i].name)))
			return true;
	return false;
}

/*
 * Organization of the resource's owner: as the request says; where it does not and
 * the owner is the caller's own account, as the caller says.
 */
static bool
derive_resource_organization(const IamRequest *request, const IamCaller *caller, bool path,
                             IamContextValue *out)
{
	IamStr org_id = iam_slice(request, request->resource_org_id);
	IamStr value = path ? iam_slice(request, request->resource_org_path) : org_id;

	if (org_id.len > 0 || value.len > 0)
		return give(value, path, out);
	if ((request->flags & IAM_REQ_RESOURCE_ORG_KNOWN) != 0)
		return give_absent(out);
	if (caller == NULL)
		return give_nothing(IAM_UNKNOWN, out);
	if (caller->account.len == 0 ||
	    !iam_str_equal(iam_resource_account(request, caller), iam_slice(caller, caller->account)))
		return false;
	org_id = iam_slice(caller, caller->org_id);
	value = path ? iam_slice(caller, caller->org_path) : org_id;
	return give_organization(value, org_id.len == 0 && (caller->flags & IAM_CALLER_ORG_KNOWN) != 0, path,
	                         out);
}

static bool
derive_owner_key(const IamRequest *request, const IamCaller *caller, DerivedKey key, IamContextValue *out)
{
	if (key == KEY_S3_RESOURCE_ACCOUNT)
	{
		if (!iam_str_starts(iam_slice(request, request->service), IAM_LIT("s3")))
			return false;
	}
	else if (carries_no_owner(request))
		return give_absent(out);
	if (key == KEY_RESOURCE_ORG_ID || key == KEY_RESOURCE_ORG_PATHS)
		return derive_resource_organization(request, caller, key == KEY_RESOURCE_ORG_PATHS, out);
	if (caller == NULL && request->resource_account.len == 0)
		return give_nothing(IAM_UNKNOWN, out);
	return give(iam_resource_account(request, caller), false, out);
}

static bool
derive_region(const IamRequest *request, IamContextValue *out)
{
	IamStr region = iam_slice(request, request->region);
	IamStr partition = iam_slice(request, request->partition);
	IamStr service = iam_slice(request, request->service);

	if (region.len > 0)
		return give(region, false, out);
	/* ARNs of several regions are asked about at once (ARN-2) */
	if (request->region.off == 0 && (request->flags & IAM_REQ_RESOURCE_GLOB) != 0)
		return give_nothing(IAM_UNKNOWN, out);
	/* the other partitions have their global endpoints elsewhere */
	if (partition.len > 0 && !iam_str_equal(partition, IAM_LIT("aws")))
		return false;
	for (size_t i = 0; i < sizeof global_services / sizeof global_services[0]; i++)
		if (iam_str_equal(service, global_services[i]))
			return give(IAM_LIT("us-east-1"), false, out);
	return false;
}

bool
iam_derive_key(const IamRequest *request, const IamCaller *caller, IamStr key, uint32_t hash,
               IamContextValue *out)
{
	const KeyInfo *info = find_key(key, hash);
	IamStr         tag;

	if (info == NULL)
	{
		if (cut_prefix(key, IAM_LIT("aws:PrincipalTag/"), &tag))
			return derive_principal_tag(caller, tag, out);
		if (cut_prefix(key, IAM_LIT("aws:ResourceTag/"), &tag) ||
		    (cut_prefix(key, IAM_LIT("iam:ResourceTag/"), &tag) &&
		     iam_str_equal(iam_slice(request, request->resource_service), IAM_LIT("iam"))))
			return derive_tag(request, request->tag_off, request->tag_count,
			                  (request->flags & IAM_REQ_RESOURCE_TAGS_KNOWN) != 0, tag, out);
		return false;
	}
	if (info->by_kind == owner_key)
		return derive_owner_key(request, caller, (DerivedKey) info->key, out);
	if (info->by_kind != NULL)
		return derive_principal_key(request, caller, info, out);
	switch ((DerivedKey) info->key)
	{
		case KEY_CURRENT_TIME:
			return give(iam_slice(request, request->current_time), false, out);
		case KEY_EPOCH_TIME:
			return give(iam_slice(request, request->epoch_time), false, out);
		case KEY_VIA_AWS_SERVICE:
			return give(IAM_LIT("false"), false, out);
		case KEY_REQUESTED_REGION:
			return derive_region(request, out);
		default:
			return false;
	}
}
