\echo Use "CREATE EXTENSION iam" to load this file. \quit

