/*
 * request.h: what is asked (IamRequest) and who asks (IamCaller), compiled.
 *
 * Both are flat images like IamPolicy: made once, read in place, constants of
 * a query or columns of it.  A request never mentions its caller.  Three-valued
 * facts: IAM_UNKNOWN only ever arises with unknown_context.
 */
#ifndef IAM_REQUEST_H
#define IAM_REQUEST_H

#include "action.h"
#include "arn.h"
#include "principal.h"

#define IAM_REQUEST_FORMAT 1
#define IAM_CALLER_FORMAT 1

/* A context key or tag with its values. */
typedef struct IamEntry
{
	uint32_t hash;        /* iam_hash32_fold of the key */
	IamSlice key;         /* as given */
	uint32_t value_off;   /* IamSlice[value_count] */
	uint32_t value_count; /* 0: known to be absent (null or []) */
	uint8_t  multivalued; /* given as an array */
	uint8_t  reserved[3];
} IamEntry;

/* IamRequest.flags */
enum
{
	IAM_REQ_UNKNOWN_CONTEXT = 1 << 0,     /* keys neither given nor derivable are unknown */
	IAM_REQ_RESOURCE_GLOB = 1 << 1,       /* the resource has wildcards: resource is a glob (glob.h) */
	IAM_REQ_RESOURCE_STAR = 1 << 2,       /* the resource is `*`: the pseudo resource (RES-4) */
	IAM_REQ_RESOURCE_TAGS_KNOWN = 1 << 3, /* the tags given are all there are (CTX-17) */
	IAM_REQ_RESOURCE_ORG_KNOWN = 1 << 4,  /* resource_org_* absent means: in no organization */
	IAM_REQ_RESOURCE_IN_MANAGEMENT_ACCOUNT = 1 << 5,
	IAM_REQ_RCP_SERVICES = 1 << 6,    /* rcp_services given; else the compiled-in list (RCP-7) */
	IAM_REQ_BPA_IGNORE_ACLS = 1 << 7, /* Block Public Access in force (S3-3) */
	IAM_REQ_BPA_RESTRICT = 1 << 8,
	IAM_REQ_ACCOUNT_ASSUMED = 1 << 9, /* resource_account absent: the caller's (ARN-14) */
	IAM_REQ_BPA_UNKNOWN = 1 << 10     /* unknown_context and no block_public_access given */
};

/* A KMS grant (KMS-8): counts like a key-policy Allow with its grantee's grade. */
typedef struct IamKmsGrant
{
	IamPrincipal grantee;
	IamPrincipal retiring; /* text absent: none */
	IamSlice     grant_id;
	IamSlice     issuing_account;
	uint32_t     operation_off; /* IamSlice[] action names as AWS writes them: Decrypt ... */
	uint32_t     operation_count;
	uint32_t     equals_off; /* IamEntry[]: EncryptionContextEquals */
	uint32_t     equals_count;
	uint32_t     subset_off; /* IamEntry[]: EncryptionContextSubset */
	uint32_t     subset_count;
	uint8_t      has_equals;
	uint8_t      has_subset;
	uint8_t      reserved[2];
} IamKmsGrant;

typedef enum IamAclGrantee
{
	IAM_ACL_CANONICAL_USER,
	IAM_ACL_ALL_USERS,
	IAM_ACL_AUTHENTICATED_USERS,
	IAM_ACL_OTHER
} IamAclGrantee;

/* One grant of an S3 ACL (S3-2). */
typedef struct IamAclGrant
{
	uint8_t  grantee; /* IamAclGrantee */
	uint8_t  reserved[3];
	IamSlice canonical_id;
	IamSlice permission; /* READ, WRITE, READ_ACP, WRITE_ACP, FULL_CONTROL */
} IamAclGrant;

typedef struct IamRequest
{
	IamImage head; /* format IAM_REQUEST_FORMAT, type IAM_IMAGE_REQUEST */
	uint32_t flags;
	IamSlice action;  /* as asked */
	IamSlice service; /* folded */
	IamSlice name;    /* folded */
	uint32_t service_hash;
	uint32_t name_hash;
	IamSlice resource_text; /* as asked, ${*} and ${?} included */
	IamSlice resource;      /* literal characters resolved; a glob with IAM_REQ_RESOURCE_GLOB */
	IamSlice partition;     /* fields of the resource ARN; absent for `*` and where they hold wildcards */
	IamSlice resource_service;
	IamSlice region;
	IamSlice resource_part;
	IamSlice resource_account; /* field 5, else the argument; absent: the caller's (ARN-14) */
	IamSlice resource_org_id;
	IamSlice resource_org_path; /* o-x/r-y/ou-z/ */
	uint32_t context_off;       /* IamEntry[], sorted by hash, then folded key */
	uint32_t context_count;
	uint32_t tag_off; /* IamEntry[] of the resource's tags, sorted likewise */
	uint32_t tag_count;
	uint32_t rcp_service_off; /* IamSlice[], folded */
	uint32_t rcp_service_count;
	uint32_t grant_off; /* IamKmsGrant[] */
	uint32_t grant_count;
	uint32_t acl_off; /* IamAclGrant[] */
	uint32_t acl_count;
	IamSlice current_time; /* ISO 8601, where a STABLE function supplies it (CTX-8) */
	IamSlice epoch_time;
} IamRequest;

typedef enum IamCallerKind
{
	IAM_CALLER_ROOT,
	IAM_CALLER_USER,
	IAM_CALLER_ROLE, /* an arbitrary session of the role (PRIN-15) */
	IAM_CALLER_ROLE_SESSION,
	IAM_CALLER_FEDERATED_USER,
	IAM_CALLER_SERVICE,
	IAM_CALLER_FEDERATED, /* web identity or SAML provider */
	IAM_CALLER_ANONYMOUS,
	IAM_CALLER_SOMEBODY /* some principal of an account, or of any: who exactly is unknown */
} IamCallerKind;

const char *iam_caller_kind_name(IamCallerKind kind);

/* IamCaller.flags */
enum
{
	IAM_CALLER_IN_MANAGEMENT_ACCOUNT = 1 << 0,
	IAM_CALLER_SERVICE_LINKED = 1 << 1, /* by path or by fact (SLR-1) */
	IAM_CALLER_HAS_BOUNDARY = 1 << 2,   /* PRIN-33 needs it before any boundary is seen */
	IAM_CALLER_ORG_KNOWN = 1 << 3,      /* org_* absent means: in no organization */
	IAM_CALLER_TAGS_KNOWN = 1 << 4,     /* the tags given are all there are */
	IAM_CALLER_PATH_KNOWN = 1 << 5      /* role_arn has its true path */
};

typedef struct IamCaller
{
	IamImage head; /* format IAM_CALLER_FORMAT, type IAM_IMAGE_CALLER */
	uint8_t  kind; /* IamCallerKind */
	uint8_t  reserved[3];
	uint32_t flags;
	IamSlice text; /* as asked */
	IamSlice partition;
	IamSlice account;         /* absent: service, anonymous, built-in provider host */
	IamSlice arn;             /* root, user, session or federated-user ARN, provider; role: role_arn;
								 * absent: service, anonymous, somebody */
	IamSlice name;            /* user, role or federated-user name without path; service host; provider */
	IamSlice session;         /* role session name; absent for an arbitrary session */
	IamSlice role_arn;        /* with path where known */
	IamSlice unique_id;       /* AIDA... or AROA..., without session */
	IamSlice federating_user; /* ARN */
	IamSlice canonical_id;    /* of the account */
	IamSlice org_id;
	IamSlice org_path;
	uint32_t tag_off; /* IamEntry[], sorted like a context */
	uint32_t tag_count;
} IamCaller;

/* ---- making them (request.c, caller.c): plain inputs, checked; errors name the member ---- */

typedef struct IamRequestInput
{
	IamStr         action;
	IamStr         resource;
	IamStr         resource_account; /* len 0: not given */
	const IamJson *context;          /* object, or NULL */
	bool           unknown_context;
	bool           resource_in_management_account;
	bool           resource_org_known;
	IamStr         resource_org_id;
	IamStr         resource_org_path;
	bool           resource_tags_known;
	const IamJson *resource_tags;       /* {"key": "value"} or [{"Key","Value"}], or NULL */
	const IamJson *rcp_services;        /* array of strings, or NULL */
	const IamJson *kms_grants;          /* list-grants' Grants array, or NULL */
	const IamJson *resource_acl;        /* get-bucket-acl's Grants array or whole answer, or NULL */
	const IamJson *block_public_access; /* {IgnorePublicAcls, RestrictPublicBuckets, ...}, or NULL */
	IamStr         current_time;
	IamStr         epoch_time;
} IamRequestInput;

typedef struct IamCallerInput
{
	IamStr         principal; /* interface.md section 2: ARN, service host, provider, account id, anonymous */
	IamStr         role_arn;  /* principal_role_arn */
	IamStr         unique_id; /* AIDA..., AROA... or AROA...:session */
	IamStr         federating_user;
	IamStr         canonical_id;
	IamStr         org_id;
	IamStr         org_path;
	bool           org_known;
	bool           in_management_account;
	bool           service_linked_role;
	bool           has_boundary;
	bool           any_principal; /* the principal is an account or `*`, and means some principal of it */
	bool           tags_known;
	const IamJson *tags; /* {"key": "value"} or [{"Key","Value"}], or NULL */
} IamCallerInput;

bool
iam_request_compile(IamArena *arena, const IamRequestInput *input, const IamRequest **out, IamError *err);
bool iam_caller_compile(IamArena *arena, const IamCallerInput *input, const IamCaller **out, IamError *err);

/* Checks of images that come from outside (recv, a stored column). */
bool iam_request_check(const void *image, size_t size, IamError *err);
bool iam_caller_check(const void *image, size_t size, IamError *err);

static inline IamActionKey
iam_request_action(const IamRequest *request)
{
	return (IamActionKey){iam_slice(request, request->service), iam_slice(request, request->name),
	                      request->service_hash, request->name_hash};
}

/*
 * The account that owns the resource as this caller sees it: the request's, else
 * the caller's own, else empty.
 */
static inline IamStr
iam_resource_account(const IamRequest *request, const IamCaller *caller)
{
	if (request->resource_account.off != 0 || caller == NULL)
		return iam_slice(request, request->resource_account);
	return iam_slice(caller, caller->account);
}

/* Is the action sts:AssumeRole, ...WithSAML, ...WithWebIdentity, TagSession, SetSourceIdentity, SetContext? */
bool iam_is_trust_action(const IamRequest *request);

#endif
