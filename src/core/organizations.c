/*
 * organizations.c: where service and resource control policies apply
 * (SCP-4..6, SCP-8, SLR-1; RCP-3..5, RCP-7, RCP-8).
 */
#include "decide_case.h"

/* RCP-7, as documented 2026-09-26; a request's own list replaces it. */
static const char *const rcp_services[] = {"aoss",
                                           "appconfig",
                                           "appstream",
                                           "autoscaling",
                                           "autoscaling-plans",
                                           "budgets",
                                           "clouddirectory",
                                           "cloudfront",
                                           "cloudsearch",
                                           "cloudtrail-data",
                                           "codeartifact",
                                           "codebuild",
                                           "codecommit",
                                           "codepipeline",
                                           "cognito-identity",
                                           "cognito-idp",
                                           "comprehend",
                                           "comprehendmedical",
                                           "compute-optimizer",
                                           "cost-optimization-hub",
                                           "dax",
                                           "dsql",
                                           "dynamodb",
                                           "ecr",
                                           "ecr-public",
                                           "events",
                                           "firehose",
                                           "fis",
                                           "fms",
                                           "gamelift",
                                           "health",
                                           "inspector-scan",
                                           "kendra",
                                           "kinesisvideo",
                                           "kms",
                                           "logs",
                                           "memorydb",
                                           "networkmonitor",
                                           "notifications",
                                           "opensearch",
                                           "pca-connector-ad",
                                           "personalize",
                                           "polly",
                                           "pricing",
                                           "resource-groups",
                                           "rolesanywhere",
                                           "s3",
                                           "secretsmanager",
                                           "servicediscovery",
                                           "signin",
                                           "sqs",
                                           "sts",
                                           "support",
                                           "swf",
                                           "textract",
                                           "timestream-influxdb",
                                           "transcribe",
                                           "transfer",
                                           "translate",
                                           "wafv2",
                                           "workspaces",
                                           "xray"};

static const IamResourceSet service_linked_roles = {"arn:\xFA:iam::\xFA:role/aws-service-role/\xF8",
                                                    "arn:*:iam::*:role/aws-service-role/*"};

static bool
is_rcp_service(const IamCase *c)
{
	const IamRequest *request = c->request;

	if ((request->flags & IAM_REQ_RCP_SERVICES) != 0)
	{
		const IamSlice *services = iam_at(request, request->rcp_service_off);

		for (uint32_t i = 0; i < request->rcp_service_count; i++)
			if (iam_str_equal(iam_slice(request, services[i]), c->service))
				return true;
		return false;
	}
	for (size_t i = 0; i < sizeof rcp_services / sizeof rcp_services[0]; i++)
		if (strlen(rcp_services[i]) == c->service.len &&
		    memcmp(rcp_services[i], c->service.data, c->service.len) == 0)
			return true;
	return false;
}

bool
iam_scp_applies(const IamCase *c, const char **why_not)
{
	*why_not = NULL;
	if (!c->of_account)
		*why_not = "the caller belongs to no account";
	else if ((c->caller->flags & IAM_CALLER_IN_MANAGEMENT_ACCOUNT) != 0)
		*why_not = "the caller is in the management account";
	else if ((c->caller->flags & IAM_CALLER_SERVICE_LINKED) != 0)
		*why_not = "the caller is a service-linked role";
	return *why_not == NULL;
}

IamTerm
iam_rcp_applies(const IamCase *c, const char **why_not)
{
	static const IamResourceSet managed_keys = {"arn:\xFA:kms:\xFA:\xFA:alias/aws/\xF8",
	                                            "arn:*:kms:*:*:alias/aws/*"};
	IamTerm                     exempt;

	*why_not = NULL;
	if ((c->request->flags & IAM_REQ_RESOURCE_IN_MANAGEMENT_ACCOUNT) != 0)
		*why_not = "the resource is in the management account";
	else if ((c->caller->flags & IAM_CALLER_SERVICE_LINKED) != 0)
		*why_not = "the caller is a service-linked role";
	else if ((c->request->flags & IAM_REQ_RESOURCE_STAR) != 0)
		*why_not = "the action is not on a resource";
	else if (!is_rcp_service(c))
		*why_not = "the service does not support resource control policies";
	else if (iam_str_equal(c->service, IAM_LIT("kms")))
	{
		if (iam_action_is(c, IAM_LIT("retiregrant")))
			*why_not = "kms:RetireGrant is exempt";
		else
		{
			exempt = iam_resource_in(c, &managed_keys);
			if (exempt.value != IAM_NO)
				*why_not = "keys that AWS manages are exempt";
			return iam_term_not(c, exempt);
		}
	}
	else if (c->trust && c->caller->kind == IAM_CALLER_SERVICE)
	{
		exempt = iam_resource_in(c, &service_linked_roles);
		if (exempt.value != IAM_NO)
			*why_not = "a service assumes its service-linked role";
		return iam_term_not(c, exempt);
	}
	return iam_term_of(*why_not == NULL ? IAM_YES : IAM_NO);
}
