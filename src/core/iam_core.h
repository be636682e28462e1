/*
 * iam_core.h: the core as the PostgreSQL glue and the tests see it.
 */
#ifndef IAM_CORE_H
#define IAM_CORE_H

#include "base.h"
#include "json_out.h"
#include "operator.h"
#include "request_document.h"
#include "validate.h"

#endif
