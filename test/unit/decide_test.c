/*
 * decide_test.c: the gates of spec section 8 where the shared cases do not reach:
 * callers without policies of a kind, STS, KMS grants, S3 ACLs and Block Public
 * Access, unknown facts, gates merged in parts.
 */
#include "evaluating.h"

#define USER	"'principal':'arn:aws:iam::111111111111:user/bob'"
#define ROOT	"'principal':'arn:aws:iam::111111111111:root'"
#define ROLE	"'principal':'arn:aws:iam::111111111111:role/app'"
#define SESSION "'principal':'arn:aws:sts::111111111111:assumed-role/app/s1'"
#define FEDERATED_USER "'principal':'arn:aws:sts::111111111111:federated-user/fed'"
#define OBJECT	"'resource':'arn:aws:s3:::b/k'"
#define OWN		"'resource_account':'111111111111'"
#define FOREIGN "'resource_account':'222222222222'"
#define GET		"'action':'s3:GetObject'," OBJECT
#define TARGET	"'action':'sts:AssumeRole','resource':'arn:aws:iam::111111111111:role/target'"
#define KEY		"'action':'kms:Decrypt','resource':'arn:aws:kms:us-east-1:111111111111:key/k'"

static void
test_root(void)
{
	CHECK_DECISION("EVAL-10", "allowed", "{" ROOT "," GET "," OWN "}");
	CHECK_DECISION("EVAL-10", "implicit_deny", "{" ROOT "," GET "," FOREIGN "}");
	CHECK_DECISION("EVAL-10", "allowed", "{" ROOT "," GET "," FOREIGN ",'resource_policy':"
				   NAMING("Allow", "{'AWS':'111111111111'}") "}");
	CHECK_DECISION("EVAL-10", "implicit_deny", "{" ROOT "," KEY "}");
	CHECK_DECISION("KMS-1", "implicit_deny", "{" ROOT "," KEY ",'resource_policy':"
				   NAMING("Allow", "{'AWS':'arn:aws:iam::111111111111:user/x'}") "}");
	CHECK_DECISION("PRIN-4", "allowed", "{" ROOT "," KEY ",'resource_policy':"
				   NAMING("Allow", "{'AWS':'arn:aws:iam::111111111111:root'}") "}");
	/* the root user has neither identity policies nor a boundary: theirs do not count */
	CHECK_DECISION("EVAL-10", "allowed", "{" ROOT "," GET "," OWN ",'identity_policies':[" DENY("*") "],"
				   "'permissions_boundary':" DENY("*") ",'session_policies':[" DENY("*") "]}");
	CHECK_DECISION("SCP-4", "explicit_deny", "{" ROOT "," GET "," OWN ",'service_control_policies':[[" ALLOW_ALL "," DENY("s3:*") "]]}");
	CHECK_DECISION("STS-9", "implicit_deny", "{" ROOT "," TARGET ",'resource_policy':" NAMING("Allow", "'*'") "}");
	CHECK_DECISION("Q-23", "explicit_deny", "{" ROOT "," GET "," OWN ",'resource_policy':" NAMING("Deny", "'*'") "}");
	CHECK_DECISION("S3-5", "allowed", "{" ROOT ",'action':'s3:PutBucketPolicy','resource':'arn:aws:s3:::b'," OWN
				   ",'resource_policy':" NAMING("Deny", "'*'") "}");
	CHECK_DECISION("S3-5", "explicit_deny", "{" ROOT ",'action':'s3:PutBucketPolicy','resource':'arn:aws:s3:::b'," OWN
				   ",'service_control_policies':[[" DENY("*") "]],'resource_policy':" NAMING("Deny", "'*'") "}");
	CHECK_DECISION("S3-5", "explicit_deny", "{" ROOT ",'action':'s3:PutBucketAcl','resource':'arn:aws:s3:::b'," OWN
				   ",'resource_policy':" NAMING("Deny", "'*'") "}");
}

static void
test_kinds_of_callers(void)
{
	CHECK_DECISION("EVAL-8", "allowed", "{'principal':'anonymous'," GET "," OWN ",'resource_policy':" NAMING("Allow", "'*'") "}");
	CHECK_DECISION("EVAL-8", "implicit_deny", "{'principal':'anonymous'," TARGET ",'resource_policy':" NAMING("Allow", "'*'") "}");
	CHECK_DECISION("SCP-8", "allowed", "{'principal':'anonymous'," GET "," OWN ",'service_control_policies':[[" DENY("*") "]],"
				   "'resource_policy':" NAMING("Allow", "'*'") "}");
	CHECK_DECISION("EVAL-9", "allowed", "{'principal':'sns.amazonaws.com'," GET "," OWN ",'resource_policy':"
				   NAMING("Allow", "{'Service':'sns.amazonaws.com'}") "}");
	CHECK_DECISION("EVAL-9", "implicit_deny", "{'principal':'sns.amazonaws.com'," GET "," OWN ",'identity_policies':[" ALLOW_ALL "]}");
	CHECK_DECISION("SCP-5", "allowed", "{" USER "," GET "," OWN ",'principal_in_management_account':true,"
				   "'identity_policies':[" ALLOW_ALL "],'service_control_policies':[[" DENY("*") "]]}");
	CHECK_DECISION("SCP-2", "implicit_deny", "{" USER "," GET "," OWN ",'identity_policies':[" ALLOW_ALL "],"
				   "'service_control_policies':[[" ALLOW_ALL "],[],[" ALLOW_ALL "]]}");
	CHECK_DECISION("Q-24", "implicit_deny", "{" USER "," GET "," OWN ",'identity_policies':[" ALLOW_ALL "],"
				   "'service_control_policies':[[" ALLOW("ec2:*") "]]}");
	/* a user has no session policies */
	CHECK_DECISION("SESS-6", "allowed", "{" USER "," GET "," OWN ",'identity_policies':[" ALLOW_ALL "],"
				   "'session_policies':[" DENY("*") "]}");
	CHECK_DECISION("SESS-3", "allowed", "{" SESSION "," GET "," OWN ",'identity_policies':[" ALLOW_ALL "],"
				   "'session_policies':[" ALLOW("ec2:*") "," ALLOW("s3:*") "]}");
	CHECK_DECISION("Q-19", "implicit_deny", "{" FEDERATED_USER "," GET "," OWN ",'identity_policies':[" ALLOW_ALL "]}");
	CHECK_DECISION("SESS-4", "allowed", "{" FEDERATED_USER "," GET "," OWN ",'federating_user':'arn:aws:iam::111111111111:root',"
				   "'session_policies':[" ALLOW("s3:*") "]}");
	CHECK_DECISION("SESS-4", "implicit_deny", "{" FEDERATED_USER "," GET "," OWN ",'federating_user':'arn:aws:iam::111111111111:root'}");
	CHECK_DECISION("Q-25", "implicit_deny", "{" USER "," GET "," OWN ",'resource_policy':" NAMING("Allow", "{'AWS':'111111111111'}") "}");
	CHECK_DECISION("XACC-5", "implicit_deny", "{" USER ",'action':'s3:GetObject','resource':'arn:aws-cn:s3:::b/k'," OWN
				   ",'identity_policies':[" ALLOW_ALL "]}");
	CHECK_DECISION("XACC-5", "explicit_deny", "{" USER ",'action':'s3:GetObject','resource':'arn:aws-cn:s3:::b/k'," OWN
				   ",'identity_policies':[" DENY("*") "]}");
	CHECK_DECISION("XACC-3", "implicit_deny", "{" USER "," GET "," FOREIGN ",'identity_policies':[" ALLOW_ALL "]}");
	CHECK_DECISION("BND-3", "allowed", "{" SESSION "," GET "," OWN ",'principal_is_service_linked_role':true,"
				   "'identity_policies':[" ALLOW_ALL "],'permissions_boundary':" ALLOW("ec2:*") "}");
}

static void
test_sts(void)
{
	CHECK_DECISION("STS-1", "allowed", "{" SESSION ",'action':'sts:GetCallerIdentity','resource':'*','session_policies':[" DENY("*") "]}");
	CHECK_DECISION("STS-1", "implicit_deny", "{'principal':'anonymous','action':'sts:GetCallerIdentity','resource':'*'}");
	CHECK_DECISION("STS-1", "allowed", "{" USER ",'action':'sts:GetSessionToken','resource':'*'}");
	CHECK_DECISION("STS-1", "implicit_deny", "{" SESSION ",'action':'sts:GetSessionToken','resource':'*','identity_policies':[" ALLOW_ALL "]}");
	CHECK_DECISION("STS-9", "implicit_deny", "{" SESSION ",'action':'sts:GetFederationToken','resource':'*','identity_policies':[" ALLOW_ALL "]}");
	CHECK_DECISION("STS-18", "allowed", "{" USER ",'action':'sts:GetFederationToken','resource':'*','identity_policies':[" ALLOW_ALL "]}");
	CHECK_DECISION("STS-9", "implicit_deny", "{" FEDERATED_USER "," TARGET ",'session_policies':[" ALLOW_ALL "],'identity_policies':["
				   ALLOW_ALL "],'resource_policy':" NAMING("Allow", "'*'") "}");
	CHECK_DECISION("STS-9", "implicit_deny", "{" FEDERATED_USER ",'action':'iam:GetUser','resource':'arn:aws:iam::111111111111:user/x',"
				   "'session_policies':[" ALLOW_ALL "],'identity_policies':[" ALLOW_ALL "]}");
	CHECK_DECISION("STS-9", "allowed", "{" FEDERATED_USER ",'action':'iam:PassRole','resource':'arn:aws:iam::111111111111:role/x',"
				   "'session_policies':[" ALLOW_ALL "],'identity_policies':[" ALLOW_ALL "]}");
	/* administrators are denied where the role does not trust them */
	CHECK_DECISION("STS-2", "implicit_deny", "{" USER "," TARGET ",'identity_policies':[" ALLOW_ALL "]}");
	CHECK_DECISION("STS-2a", "implicit_deny", "{" USER "," TARGET ",'permissions_boundary':" ALLOW("s3:*") ",'resource_policy':"
				   NAMING("Allow", "{'AWS':'arn:aws:iam::111111111111:user/bob'}") "}");
	CHECK_DECISION("Q-16", "allowed", "{" USER "," TARGET ",'permissions_boundary':" ALLOW("sts:*") ",'resource_policy':"
				   NAMING("Allow", "{'AWS':'arn:aws:iam::111111111111:user/bob'}") "}");
	CHECK_DECISION("RCP-4", "allowed", "{'principal':'config.amazonaws.com','action':'sts:AssumeRole',"
				   "'resource':'arn:aws:iam::111111111111:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig',"
				   "'resource_control_policies':[[" NAMING("Deny", "'*'") "]],'resource_policy':"
				   NAMING("Allow", "{'Service':'config.amazonaws.com'}") "}");
	CHECK_DECISION("STS-11", "explicit_deny", "{'principal':'ec2.amazonaws.com'," TARGET
				   ",'resource_control_policies':[[" NAMING("Deny", "'*'") "]],'resource_policy':"
				   NAMING("Allow", "{'Service':'ec2.amazonaws.com'}") "}");
	CHECK_DECISION("PRIN-2", "implicit_deny", "{'principal':'accounts.google.com','action':'sts:AssumeRoleWithWebIdentity',"
				   "'resource':'arn:aws:iam::111111111111:role/target','resource_policy':" NAMING("Allow", "{'AWS':'*'}") "}");
	CHECK_DECISION("Q-5", "allowed", "{'principal':'accounts.google.com','action':'sts:AssumeRoleWithWebIdentity',"
				   "'resource':'arn:aws:iam::111111111111:role/target','resource_policy':" NAMING("Allow", "'*'") "}");
}

static void
test_rcp(void)
{
	CHECK_DECISION("RCP-8", "allowed", "{" USER ",'action':'s3:ListAllMyBuckets','resource':'*','identity_policies':[" ALLOW_ALL "],"
				   "'resource_control_policies':[[" NAMING("Deny", "'*'") "]]}");
	CHECK_DECISION("RCP-7", "allowed", "{" USER ",'action':'ec2:StopInstances','resource':'arn:aws:ec2:us-east-1:111111111111:instance/i-1',"
				   "'identity_policies':[" ALLOW_ALL "],'resource_control_policies':[[" NAMING("Deny", "'*'") "]]}");
	CHECK_DECISION("RCP-7", "explicit_deny", "{" USER ",'action':'ec2:StopInstances','resource':'arn:aws:ec2:us-east-1:111111111111:instance/i-1',"
				   "'rcp_services':['ec2'],'identity_policies':[" ALLOW_ALL "],'resource_control_policies':[[" NAMING("Deny", "'*'") "]]}");
	CHECK_DECISION("RCP-7", "allowed", "{" USER "," GET "," OWN ",'rcp_services':['ec2'],"
				   "'identity_policies':[" ALLOW_ALL "],'resource_control_policies':[[" NAMING("Deny", "'*'") "]]}");
	CHECK_DECISION("RCP-1", "implicit_deny", "{" USER "," GET "," OWN ",'identity_policies':[" ALLOW_ALL "],'resource_control_policies':[[]]}");
	CHECK_DECISION("RCP-5", "implicit_deny", "{" USER ",'action':'kms:DescribeKey','resource':'arn:aws:kms:us-east-1:111111111111:alias/aws/s3',"
				   "'resource_control_policies':[[" NAMING("Deny", "'*'") "]]}");
}

static void
test_reserved(void)
{
	CHECK_DECISION("SSO-3", "implicit_deny", "{" USER ",'action':'iam:PutRolePolicy',"
				   "'resource':'arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_x_0123456789abcdef',"
				   "'identity_policies':[" ALLOW_ALL "]}");
	CHECK_DECISION("PASS-6", "implicit_deny", "{" ROOT ",'action':'iam:PassRole',"
				   "'resource':'arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_x_0123456789abcdef'}");
	CHECK_DECISION("SSO-3", "allowed", "{" USER ",'action':'iam:GetRole',"
				   "'resource':'arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_x_0123456789abcdef',"
				   "'identity_policies':[" ALLOW_ALL "]}");
	CHECK_DECISION("SSO-3", "explicit_deny", "{" USER ",'action':'iam:TagRole','resource':'arn:aws:iam::111111111111:role/aws-reserved/x',"
				   "'identity_policies':[" DENY("*") "]}");
	CHECK_DECISION("SSO-3", "implicit_deny", "{" USER ",'action':'iam:CreatePolicyVersion','resource':'arn:aws:iam::aws:policy/ReadOnlyAccess',"
				   "'identity_policies':[" ALLOW_ALL "]}");
	/* a resource with wildcards may or may not be reserved */
	CHECK_DECISION("SSO-3", "conditional", "{" USER ",'action':'iam:PassRole','resource':'arn:aws:iam::111111111111:role/*',"
				   "'identity_policies':[" ALLOW_ALL "]}");
	CHECK_DECISION("KMS-10", "implicit_deny", "{" USER ",'action':'kms:CreateAlias','resource':'arn:aws:kms:us-east-1:111111111111:alias/aws/s3',"
				   "'identity_policies':[" ALLOW_ALL "]}");
	CHECK_DECISION("KMS-7", "allowed", "{" USER ",'action':'kms:CreateAlias','resource':'arn:aws:kms:us-east-1:111111111111:alias/mine',"
				   "'identity_policies':[" ALLOW_ALL "]}");
}

#define GRANT(grantee, more) "'kms_grants':[{'GranteePrincipal':'" grantee "','Operations':['Decrypt','CreateGrant']" more "}]"
#define FOREIGN_KEY "'action':'kms:Decrypt','resource':'arn:aws:kms:us-east-1:222222222222:key/k'"
#define BOB "arn:aws:iam::111111111111:user/bob"

static void
test_kms_grants(void)
{
	CHECK_DECISION("KMS-8", "allowed", "{" USER "," KEY "," GRANT(BOB, "") "}");
	CHECK_DECISION("KMS-8", "implicit_deny", "{" USER ",'action':'kms:Encrypt','resource':'arn:aws:kms:us-east-1:111111111111:key/k',"
				   GRANT(BOB, "") "}");
	CHECK_DECISION("KMS-8", "explicit_deny", "{" USER "," KEY "," GRANT(BOB, "") ",'identity_policies':[" DENY("kms:*") "]}");
	CHECK_DECISION("KMS-8", "explicit_deny", "{" USER "," KEY "," GRANT(BOB, "") ",'service_control_policies':[[" DENY("kms:*") "]]}");
	CHECK_DECISION("KMS-8", "allowed", "{" SESSION "," KEY "," GRANT("arn:aws:iam::111111111111:role/app", "") "}");
	CHECK_DECISION("Q-17", "implicit_deny", "{" SESSION "," KEY "," GRANT("arn:aws:iam::111111111111:role/app", "")
				   ",'permissions_boundary':" ALLOW("s3:*") "}");
	CHECK_DECISION("KMS-8", "implicit_deny", "{" USER "," KEY "," GRANT("111111111111", "") "}");
	CHECK_DECISION("KMS-8", "allowed", "{" USER "," KEY "," GRANT("111111111111", "") ",'identity_policies':[" ALLOW_ALL "]}");
	CHECK_DECISION("Q-17", "allowed", "{" USER "," FOREIGN_KEY "," GRANT(BOB, "") "}");
	CHECK_DECISION("Q-17", "implicit_deny", "{" USER "," FOREIGN_KEY "," GRANT("111111111111", "") "}");
	CHECK_DECISION("Q-17", "allowed", "{" USER "," FOREIGN_KEY "," GRANT("111111111111", "") ",'identity_policies':[" ALLOW_ALL "]}");
	CHECK_DECISION("KMS-8", "allowed", "{" USER "," KEY ",'context':{'kms:EncryptionContext:Dept':'IT'},"
				   GRANT(BOB, ",'Constraints':{'EncryptionContextEquals':{'Dept':'IT'}}") "}");
	CHECK_DECISION("KMS-8", "implicit_deny", "{" USER "," KEY ",'context':{'kms:EncryptionContext:dept':'IT'},"
				   GRANT(BOB, ",'Constraints':{'EncryptionContextEquals':{'Dept':'IT'}}") "}");
	CHECK_DECISION("KMS-8", "implicit_deny", "{" USER "," KEY ",'context':{'kms:EncryptionContext:Dept':'IT','kms:EncryptionContext:x':'y'},"
				   GRANT(BOB, ",'Constraints':{'EncryptionContextEquals':{'Dept':'IT'}}") "}");
	CHECK_DECISION("KMS-8", "allowed", "{" USER "," KEY ",'context':{'kms:EncryptionContext:Dept':'IT','kms:EncryptionContext:x':'y'},"
				   GRANT(BOB, ",'Constraints':{'EncryptionContextSubset':{'Dept':'IT'}}") "}");
	CHECK_DECISION("KMS-8", "conditional", "{" USER "," KEY ",'unknown_context':true,"
				   GRANT(BOB, ",'Constraints':{'EncryptionContextSubset':{'Dept':'IT'}}") "}");
	CHECK_DECISION("KMS-9", "allowed", "{" USER ",'action':'kms:RetireGrant','resource':'arn:aws:kms:us-east-1:111111111111:key/k',"
				   GRANT("arn:aws:iam::111111111111:user/x", ",'RetiringPrincipal':'" BOB "'") "}");
	CHECK_DECISION("KMS-9", "implicit_deny", "{" USER ",'action':'kms:RetireGrant','resource':'arn:aws:kms:us-east-1:111111111111:key/k',"
				   GRANT(BOB, "") "}");
	CHECK_DECISION("KMS-9", "allowed", "{" ROOT ",'action':'kms:RetireGrant','resource':'arn:aws:kms:us-east-1:111111111111:key/k',"
				   GRANT(BOB, ",'IssuingAccount':'arn:aws:iam::111111111111:root'") "}");
	CHECK_DECISION("KMS-6", "implicit_deny", "{" ROOT ",'action':'kms:DisableKey','resource':'arn:aws:kms:us-east-1:222222222222:key/k',"
				   "'resource_policy':" NAMING("Allow", "'*'") "}");
	/* a resource with wildcards may or may not be a key */
	CHECK_DECISION("KMS-1", "conditional", "{" USER ",'action':'kms:DescribeKey','resource':'arn:aws:kms:us-east-1:111111111111:*',"
				   "'identity_policies':[" ALLOW_ALL "]}");
	CHECK_DECISION("KMS-1", "implicit_deny", "{" USER ",'action':'kms:DescribeKey','resource':'arn:aws:kms:us-east-1:111111111111:key/*',"
				   "'identity_policies':[" ALLOW_ALL "]}");
	CHECK_DECISION("KMS-2", "allowed", "{" USER ",'action':'kms:DescribeKey','resource':'arn:aws:kms:us-east-1:111111111111:*',"
				   "'identity_policies':[" ALLOW_ALL "],'resource_policy':" NAMING("Allow", "{'AWS':'111111111111'}") "}");
}

#define ALL_USERS(permission) "'resource_acl':[{'Grantee':{'Type':'Group','URI':'http://acs.amazonaws.com/groups/global/AllUsers'},'Permission':'" permission "'}]"
#define SIGNED_USERS "'resource_acl':[{'Grantee':{'Type':'Group','URI':'http://acs.amazonaws.com/groups/global/AuthenticatedUsers'},'Permission':'FULL_CONTROL'}]"
#define CANONICAL "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define CANONICAL_ACL "'resource_acl':[{'Grantee':{'Type':'CanonicalUser','ID':'" CANONICAL "'},'Permission':'READ'}]"
#define LIST "'action':'s3:ListBucket','resource':'arn:aws:s3:::b'"

static void
test_s3(void)
{
	CHECK_DECISION("S3-2", "allowed", "{'principal':'anonymous'," LIST "," OWN "," ALL_USERS("READ") "}");
	CHECK_DECISION("S3-2", "implicit_deny", "{'principal':'anonymous'," LIST "," OWN "," ALL_USERS("WRITE") "}");
	CHECK_DECISION("S3-2", "implicit_deny", "{'principal':'anonymous'," LIST "," OWN "," SIGNED_USERS "}");
	CHECK_DECISION("S3-2", "implicit_deny", "{" USER "," LIST "," FOREIGN "," SIGNED_USERS "}");
	CHECK_DECISION("S3-2", "allowed", "{" USER "," LIST "," FOREIGN "," SIGNED_USERS ",'identity_policies':[" ALLOW_ALL "]}");
	CHECK_DECISION("S3-2", "implicit_deny", "{" USER "," LIST "," OWN "," ALL_USERS("READ") "}");
	CHECK_DECISION("S3-2", "allowed", "{" USER "," LIST "," FOREIGN "," CANONICAL_ACL ",'principal_canonical_id':'" CANONICAL "',"
				   "'identity_policies':[" ALLOW_ALL "]}");
	CHECK_DECISION("PRIN-12", "implicit_deny", "{" USER "," LIST "," FOREIGN "," CANONICAL_ACL ",'identity_policies':[" ALLOW_ALL "]}");
	CHECK_DECISION("S3-1", "implicit_deny", "{'principal':'anonymous'," LIST "," OWN "}");
	CHECK_DECISION("S3-3", "implicit_deny", "{'principal':'anonymous'," LIST "," OWN "," ALL_USERS("READ")
				   ",'block_public_access':{'IgnorePublicAcls':true}}");
	CHECK_DECISION("S3-3", "allowed", "{'principal':'anonymous'," LIST "," OWN "," ALL_USERS("READ")
				   ",'block_public_access':{'BlockPublicAcls':true,'BlockPublicPolicy':true}}");
	CHECK_DECISION("S3-3", "conditional", "{'principal':'anonymous','unknown_context':true," LIST "," OWN "," ALL_USERS("READ") "}");
	CHECK_DECISION("S3-3", "implicit_deny", "{'principal':'anonymous'," LIST "," OWN ",'resource_policy':" NAMING("Allow", "'*'")
				   ",'block_public_access':{'RestrictPublicBuckets':true}}");
	CHECK_DECISION("S3-3", "conditional", "{'principal':'anonymous','unknown_context':true," LIST "," OWN ",'resource_policy':"
				   NAMING("Allow", "'*'") "}");
	CHECK_DECISION("S3-3", "allowed", "{" USER "," LIST "," OWN ",'resource_policy':" NAMING("Allow", "'*'")
				   ",'block_public_access':{'RestrictPublicBuckets':true}}");
	CHECK_DECISION("S3-3", "implicit_deny", "{" USER "," LIST "," FOREIGN ",'identity_policies':[" ALLOW_ALL "],'resource_policy':"
				   NAMING("Allow", "'*'") ",'block_public_access':{'RestrictPublicBuckets':true}}");
	CHECK_DECISION("S3-4", "allowed", "{" USER "," LIST "," FOREIGN ",'identity_policies':[" ALLOW_ALL "],'resource_policy':"
				   NAMING("Allow", "{'AWS':'111111111111'}") ",'block_public_access':{'RestrictPublicBuckets':true}}");
	CHECK_DECISION("S3-3", "allowed", "{'principal':'sns.amazonaws.com'," LIST "," OWN ",'resource_policy':" NAMING("Allow", "'*'")
				   ",'block_public_access':{'RestrictPublicBuckets':true}}");
}

static void
test_unknown(void)
{
	/* PRIN-15: an arbitrary session of a role */
	CHECK_DECISION("PRIN-15", "implicit_deny", "{" ROLE "," GET "," OWN ",'resource_policy':"
				   NAMING("Allow", "{'AWS':'arn:aws:sts::111111111111:assumed-role/app/s1'}") "}");
	CHECK_DECISION("PRIN-15", "conditional", "{" ROLE ",'unknown_context':true," GET "," OWN ",'resource_policy':"
				   NAMING("Allow", "{'AWS':'arn:aws:sts::111111111111:assumed-role/app/s1'}") "}");
	CHECK_DECISION("PRIN-15", "implicit_deny", "{" ROLE ",'unknown_context':true," GET "," OWN ",'resource_policy':"
				   NAMING("Allow", "{'AWS':'arn:aws:sts::111111111111:assumed-role/other/s1'}") "}");
	CHECK_DECISION("EVAL-14", "conditional", "{" USER "," GET "," OWN ",'identity_policies':[{'name':'lost','policy':null}]}");
	CHECK_DECISION("EVAL-14", "conditional", "{" USER "," GET "," OWN ",'identity_policies':[" ALLOW_ALL "],"
				   "'permissions_boundary':{'name':'lost','policy':null}}");
	/* what the lost boundary may deny does not make an explicit deny of it */
	CHECK_DECISION("EVAL-14", "implicit_deny", "{" USER "," GET "," OWN ",'permissions_boundary':{'name':'lost','policy':null}}");
	CHECK_DECISION("EVAL-14", "explicit_deny", "{" USER "," GET "," OWN ",'identity_policies':[" DENY("*") "],"
				   "'permissions_boundary':{'name':'lost','policy':null}}");
	/* the same condition allows and denies: no completion allows */
	CHECK_DECISION("EVAL-14", "implicit_deny", "{" USER ",'unknown_context':true," GET "," OWN ",'identity_policies':[{'Statement':["
				   "{'Effect':'Allow','Action':'*','Resource':'*','Condition':{'Bool':{'aws:MultiFactorAuthPresent':'true'}}},"
				   "{'Effect':'Deny','Action':'*','Resource':'*','Condition':{'Bool':{'aws:MultiFactorAuthPresent':'true'}}}]}]}");
}

#define STATEMENT(text) "{'Version':'2012-10-17','Statement':{" text "}}"
#define SSO_ROLE "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev_0123456789abcdef"
#define SSO_SESSION "'principal':'arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Dev_0123456789abcdef/ann','principal_role_arn':'" SSO_ROLE "'"

static void
test_sides(void)
{
	/* a bucket policy about the bucket says nothing about its objects */
	CHECK_DECISION("RES-3", "implicit_deny", "{" USER "," GET "," OWN ",'resource_policy':"
				   STATEMENT("'Effect':'Allow','Principal':'*','Action':'s3:*','Resource':'arn:aws:s3:::b'") "}");
	CHECK_DECISION("RES-3", "allowed", "{" USER "," TARGET ",'resource_policy':"
				   STATEMENT("'Effect':'Allow','Principal':{'AWS':'arn:aws:iam::111111111111:user/bob'},'Action':'sts:AssumeRole'") "}");
	CHECK_DECISION("KMS-4", "allowed", "{" USER "," KEY ",'resource_policy':"
				   STATEMENT("'Effect':'Allow','Principal':{'AWS':'arn:aws:iam::111111111111:user/bob'},'Action':'kms:Decrypt','Resource':'*'") "}");
	CHECK_DECISION("KMS-4", "implicit_deny", "{" USER "," KEY ",'resource_policy':"
				   STATEMENT("'Effect':'Allow','Principal':{'AWS':'arn:aws:iam::111111111111:user/bob'},'Action':'kms:Decrypt',"
							 "'Resource':'arn:aws:kms:us-east-1:111111111111:alias/a'") "}");
	CHECK_DECISION("EVAL-11", "implicit_deny", "{" USER "," KEY ",'identity_policies':[" ALLOW_ALL "]}");
	CHECK_DECISION("EVAL-11", "implicit_deny", "{" SESSION "," TARGET ",'identity_policies':[" ALLOW_ALL "]}");
	CHECK_DECISION("EVAL-3", "implicit_deny", "{" USER "," GET "," OWN ",'identity_policies':[" ALLOW_ALL "],"
				   "'vpc_endpoint_policies':[" NAMING("Allow", "{'AWS':'arn:aws:iam::111111111111:user/x'}") "]}");
	CHECK_DECISION("XACC-4", "implicit_deny", "{'principal':'arn:aws:sts::222222222222:assumed-role/app/s1'," GET "," OWN ",'resource_policy':"
				   NAMING("Allow", "{'AWS':'arn:aws:iam::222222222222:role/app'}") "}");
	CHECK_DECISION("XACC-4", "allowed", "{'principal':'arn:aws:sts::222222222222:assumed-role/app/s1'," GET "," FOREIGN ",'resource_policy':"
				   NAMING("Allow", "{'AWS':'arn:aws:iam::222222222222:role/app'}") "}");
	/* the owner's RCPs bind a foreign caller, and its own SCPs do */
	CHECK_DECISION("XACC-6", "explicit_deny", "{" USER "," GET "," FOREIGN ",'identity_policies':[" ALLOW_ALL "],'resource_policy':"
				   NAMING("Allow", "'*'") ",'resource_control_policies':[[" NAMING("Allow", "'*'") "," NAMING("Deny", "'*'") "]]}");
	CHECK_DECISION("XACC-6", "explicit_deny", "{" USER "," GET "," FOREIGN ",'identity_policies':[" ALLOW_ALL "],'resource_policy':"
				   NAMING("Allow", "'*'") ",'service_control_policies':[[" ALLOW_ALL "," DENY("s3:*") "]]}");
	CHECK_DECISION("SCP-1", "implicit_deny", "{" USER "," GET "," OWN ",'service_control_policies':[[" ALLOW_ALL "]]}");
	CHECK_DECISION("SCP-11", "allowed", "{" USER "," GET "," OWN ",'identity_policies':[" ALLOW_ALL "],'service_control_policies':null}");
	CHECK_DECISION("VPCE-7", "allowed", "{" USER "," GET "," OWN ",'identity_policies':[" ALLOW_ALL "],'vpc_endpoint_policies':[]}");
	CHECK_DECISION("VPCE-7", "explicit_deny", "{'principal':'arn:aws:iam::222222222222:user/eve'," GET "," OWN ",'identity_policies':[" ALLOW_ALL "],"
				   "'resource_policy':" NAMING("Allow", "'*'") ",'vpc_endpoint_policies':[" NAMING("Deny", "'*'") "]}");
}

static void
test_sessions(void)
{
	CHECK_DECISION("BND-5", "implicit_deny", "{" FEDERATED_USER "," GET "," OWN ",'federating_user':'arn:aws:iam::111111111111:user/bob',"
				   "'identity_policies':[" ALLOW_ALL "],'session_policies':[" ALLOW_ALL "],'permissions_boundary':" ALLOW("ec2:*") "}");
	CHECK_DECISION("SESS-2", "implicit_deny", "{" SESSION "," GET "," OWN ",'identity_policies':[" ALLOW("ec2:*") "],'session_policies':[" ALLOW_ALL "]}");
	/* nothing of the credentials that assumed the role is part of the question */
	CHECK_DECISION("SESS-5", "allowed", "{" SESSION "," GET "," OWN ",'identity_policies':[" ALLOW("s3:*") "]}");
	CHECK_DECISION("SESS-7", "allowed", "{" SESSION "," GET "," OWN ",'session_policies':[" ALLOW("s3:*") "],'resource_policy':"
				   NAMING("Allow", "{'AWS':'arn:aws:iam::111111111111:role/app'}") "}");
	CHECK_DECISION("SESS-7", "implicit_deny", "{" SESSION "," GET "," OWN ",'session_policies':[" ALLOW("ec2:*") "],'resource_policy':"
				   NAMING("Allow", "{'AWS':'arn:aws:iam::111111111111:role/app'}") "}");
	CHECK_DECISION("SESS-7", "allowed", "{" SESSION "," GET "," OWN ",'session_policies':[" ALLOW("ec2:*") "],'resource_policy':"
				   NAMING("Allow", "{'AWS':'arn:aws:sts::111111111111:assumed-role/app/s1'}") "}");
	CHECK_DECISION("SSO-1", "allowed", "{" SSO_SESSION "," GET "," OWN ",'resource_policy':"
				   STATEMENT("'Effect':'Allow','Principal':{'AWS':'*'},'Action':'*','Resource':'*','Condition':{'ArnLike':{'aws:PrincipalArn':"
							 "'arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Dev_*'}}") "}");
	CHECK_DECISION("SSO-2", "explicit_deny", "{" SSO_SESSION "," GET "," OWN ",'identity_policies':[" ALLOW_ALL "],"
				   "'service_control_policies':[[" ALLOW_ALL "," DENY("s3:*") "]]}");
	CHECK_DECISION("SLR-1", "allowed", "{'principal':'arn:aws:iam::111111111111:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig',"
				   GET "," OWN ",'identity_policies':[" ALLOW_ALL "],'service_control_policies':[[" DENY("s3:*") "]],"
				   "'resource_control_policies':[[" NAMING("Deny", "'*'") "]]}");
}

/* EVAL-13, EVAL-4: order and parts do not matter, a gate without a row is none. */
static void
test_gates(void)
{
	IamArena	arena;
	IamGates	whole;
	IamGates	left;
	IamGates	right;
	IamGates	back;
	IamEvaluation ev;
	IamRequestDocument doc;
	IamError	err;
	IamBuf		buf;

	iam_arena_init(&arena, &iam_malloc_host);
	CHECK(parse_document(&arena, "{" USER ",'unknown_context':true," GET "," OWN ",'identity_policies':[" ALLOW("s3:*") ","
						 "{'Statement':{'Effect':'Deny','Action':'*','Resource':'*','Condition':{'StringEquals':{'k:a':'1'}}}}],"
						 "'permissions_boundary':" ALLOW_ALL ",'service_control_policies':[[" ALLOW_ALL "],[" ALLOW_ALL "]],"
						 "'resource_control_policies':[[" NAMING("Allow", "'*'") "]],"
						 "'vpc_endpoint_policies':[" NAMING("Allow", "'*'") "]}", &doc));
	memset(&ev, 0, sizeof ev);
	ev.arena = &arena;
	ev.request = doc.request;
	ev.caller = doc.caller;
	ev.want_formulas = true;
	iam_gates_init(&whole);
	iam_gates_init(&left);
	iam_gates_init(&right);
	CHECK_RULE(iam_decide(&ev, &whole, NULL) == IAM_IMPLICIT_DENY, "EVAL-1", "nothing at all");
	for (uint32_t i = 0; i < doc.policy_count; i++)
	{
		const IamNamedPolicy *p = &doc.policies[doc.policy_count - 1 - i];
		IamEffect	effect;

		iam_policy_effect(&ev, p->policy, p->kind, &effect);
		CHECK(iam_gates_add(&arena, &whole, p->kind, p->level, &effect));
		CHECK(iam_gates_add(&arena, i % 2 == 0 ? &left : &right, p->kind, p->level, &effect));
	}
	iam_gates_merge(&arena, &left, &right);
	CHECK_RULE(iam_decide(&ev, &whole, NULL) == IAM_CONDITIONAL, "EVAL-13", "in one go");
	CHECK_RULE(iam_decide(&ev, &left, NULL) == IAM_CONDITIONAL, "EVAL-13", "merged");
	iam_buf_init(&buf, &arena);
	iam_gates_write(&buf, &whole);
	CHECK(iam_gates_read(&arena, iam_buf_result(&buf), &back, &err));
	CHECK(back.kinds == whole.kinds && back.scp_levels == whole.scp_levels && back.rcp_levels == whole.rcp_levels);
	CHECK(iam_decide(&ev, &back, NULL) == IAM_CONDITIONAL);
	CHECK(iam_formula_equal(back.kind[IAM_KIND_IDENTITY].effect.deny_formula, left.kind[IAM_KIND_IDENTITY].effect.deny_formula));
	for (size_t cut = 1; cut < buf.len; cut += 7)
	{
		IamStr		part = {buf.data, (uint32_t) (buf.len - cut)};

		/* a cut may fall between two gates: then fewer gates are read, never garbage */
		if (iam_gates_read(&arena, part, &back, &err))
			CHECK((back.kinds & ~whole.kinds) == 0);
	}
	CHECK(!iam_gates_add(&arena, &whole, IAM_KIND_SCP, IAM_MAX_LEVELS, NULL));
	CHECK(!iam_gates_add(&arena, &whole, IAM_KIND_RCP, -1, NULL));
	CHECK(iam_gates_add(&arena, &whole, IAM_KIND_SCP, 7, NULL));
	CHECK_RULE(iam_decide(&ev, &whole, NULL) == IAM_IMPLICIT_DENY, "SCP-2", "an empty level denies");
	iam_arena_release(&arena);
}

int
main(void)
{
	test_root();
	test_kinds_of_callers();
	test_sts();
	test_rcp();
	test_reserved();
	test_kms_grants();
	test_s3();
	test_unknown();
	test_sides();
	test_sessions();
	test_gates();
	return checks_done();
}
