-- What CloudTrail records of SageMaker calls say. Names of fields are those of the API, in lower camel case
-- (CloudTrail user guide, "Record contents"; SageMaker API reference).

-- Text of a JSON object that DuckDB can read, or null: an extraction from broken JSON would raise.
create or replace macro json_object(text) as case
    when starts_with(text, '{') and json_valid(text) then text
end;

-- A JSON list of tags as keys and values; other shapes give nulls and never raise.
create or replace macro tags_of(list_text) as cast(
    json_transform(list_text, '[{"key": "VARCHAR", "value": "VARCHAR"}]') as struct (key varchar, value varchar)[]
);

-- The value of a tag; null where it is missing, and where it is there twice with different values.
create or replace macro tag_value(tags, name) as case
    when len(list_distinct(list_transform(list_filter(tags, lambda t: t.key = name), lambda t: t.value))) = 1
        then list_filter(tags, lambda t: t.key = name)[1].value
end;

create or replace macro partition_of(region) as case
    when starts_with(region, 'cn-') then 'aws-cn'
    when starts_with(region, 'us-gov-') then 'aws-us-gov'
    when starts_with(region, 'us-isob-') then 'aws-iso-b'
    when starts_with(region, 'us-iso-') then 'aws-iso'
    when starts_with(region, 'us-isof-') then 'aws-iso-f'
    when starts_with(region, 'eu-isoe-') then 'aws-iso-e'
    when starts_with(region, 'eusc-') then 'aws-eusc'
    else 'aws'
end;

-- An ARN from its parts, their case kept; null where a part is.
create or replace macro sagemaker_arn(region, account_id, kind, name) as
    'arn:' || partition_of(region) || ':sagemaker:' || region || ':' || account_id || ':' || kind || '/' || name;

-- Kinds of resources that bills charge for under an ARN made of kind and name, by what follows Create and Delete.
create or replace macro billed_kind(thing) as case thing
    when 'TrainingJob' then 'training-job'
    when 'ProcessingJob' then 'processing-job'
    when 'TransformJob' then 'transform-job'
    when 'HyperParameterTuningJob' then 'hyper-parameter-tuning-job'
    when 'AutoMLJob' then 'automl-job'
    when 'AutoMLJobV2' then 'automl-job'
    when 'CompilationJob' then 'compilation-job'
    when 'OptimizationJob' then 'optimization-job'
    when 'LabelingJob' then 'labeling-job'
    when 'TrainingSession' then 'training-session'
    when 'Endpoint' then 'endpoint'
    when 'InferenceComponent' then 'inference-component'
    when 'NotebookInstance' then 'notebook-instance'
    when 'FeatureGroup' then 'feature-group'
    when 'MlflowTrackingServer' then 'mlflow-tracking-server'
end;

-- The request's field that names such a resource; null for other things, whose names are a stranger's text.
create or replace macro name_field(thing) as case thing
    when 'AutoMLJob' then 'autoMLJobName'
    when 'AutoMLJobV2' then 'autoMLJobName'
    when 'MlflowTrackingServer' then 'trackingServerName'
    else case when billed_kind(thing) is not null then lower(left(thing, 1)) || substr(thing, 2) || 'Name' end
end;

-- Calls that change nothing, for records that do not say so themselves.
create or replace macro is_read_call(event_name) as regexp_matches(
    event_name, '^(Describe|List|Get|Search|Query|Lookup|Batch(Get|Describe)|Render)'
);

-- The session a role was assumed with, and the role: assumed-role/{role}/{session}.
create or replace macro session_name(arn) as nullif(regexp_extract(arn, ':assumed-role/[^/]+/(.+)$', 1), '');
create or replace macro assumed_role(arn) as nullif(regexp_extract(arn, ':assumed-role/([^/]+)/', 1), '');

-- When an event took place, UTC; null where that cannot be: before AWS, or more than a day after its file was delivered.
-- A plain cast is quick but ignores an offset, so it is for moments that end in Z, as AWS writes them.
create or replace macro told_moment(event_time) as case
    when ends_with(event_time, 'Z') then try_cast(event_time as timestamp)
    else timezone('UTC', try_cast(event_time as timestamptz))
end;
create or replace macro event_moment(event_time, delivered_at) as case
    when
        told_moment(event_time) between timestamp '2000-01-01' and
        coalesce(delivered_at + interval '1' day, timestamp '2199-12-31')
        then told_moment(event_time)
end;

-- The words for what identifies a person, by falling strength (design 2, Activity).
create or replace macro identity_evidence(strength) as case strength
    when 1 then 'source_identity'
    when 2 then 'on_behalf_of'
    when 3 then 'iam_user'
    when 4 then 'sso_session'
    when 5 then 'user_profile'
    else 'unidentified'
end;

-- Whether a call failed for want of permission (AccessDenied, AccessDeniedException, Client.UnauthorizedOperation, ...).
create or replace macro is_denied(error_code) as coalesce(
    regexp_matches(error_code, '(?i)access_?denied|unauthori[sz]ed|notauthori[sz]ed|authfailure|forbidden'), false
);
