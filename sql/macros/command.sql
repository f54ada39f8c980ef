-- Commands of the AWS CLI that people paste into a shell. A name stands in one only where it is a plain word: letters,
-- digits, dots, underscores and hyphens. AWS allows no others in these names, so anything else is a stranger's text.
create or replace macro is_plain_word(text) as coalesce(regexp_full_match(text, '[A-Za-z0-9][A-Za-z0-9._-]*'), false);

-- A SageMaker ARN of plain words alone.
create or replace macro is_plain_arn(text) as coalesce(
    regexp_full_match(
        text,
        'arn:aws[a-z-]*:sagemaker:[a-z0-9][a-z0-9-]*:[0-9]{12}:[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)+'
    ),
    false
);

-- The kind of thing an ARN names and the parts of its name; bills may write the kind in any case.
create or replace macro arn_kind(text) as split_part(split_part(lower(text), ':', 6), '/', 1);
create or replace macro arn_part(text, number) as split_part(split_part(text, ':', 6), '/', number);
create or replace macro arn_parts(text) as len(string_split(split_part(text, ':', 6), '/'));

-- App types as the API spells them; ARNs may be lower case.
create or replace macro app_type_word(text) as case lower(text)
    when 'jupyterserver' then 'JupyterServer'
    when 'kernelgateway' then 'KernelGateway'
    when 'detailedprofiler' then 'DetailedProfiler'
    when 'tensorboard' then 'TensorBoard'
    when 'codeeditor' then 'CodeEditor'
    when 'jupyterlab' then 'JupyterLab'
    when 'rstudioserverpro' then 'RStudioServerPro'
    when 'rsessiongateway' then 'RSessionGateway'
    when 'canvas' then 'Canvas'
end;

-- What ends a thing that an ARN names by kind and name, up to that name.
create or replace macro end_verb(kind) as case kind
    when 'notebook-instance' then 'stop-notebook-instance --notebook-instance-name'
    when 'endpoint' then 'delete-endpoint --endpoint-name'
    when 'inference-component' then 'delete-inference-component --inference-component-name'
    when 'training-job' then 'stop-training-job --training-job-name'
    when 'processing-job' then 'stop-processing-job --processing-job-name'
    when 'transform-job' then 'stop-transform-job --transform-job-name'
    when 'hyper-parameter-tuning-job' then 'stop-hyper-parameter-tuning-job --hyper-parameter-tuning-job-name'
    when 'automl-job' then 'stop-auto-ml-job --auto-ml-job-name'
    when 'compilation-job' then 'stop-compilation-job --compilation-job-name'
    when 'optimization-job' then 'stop-optimization-job --optimization-job-name'
    when 'labeling-job' then 'stop-labeling-job --labeling-job-name'
    when 'mlflow-tracking-server' then 'stop-mlflow-tracking-server --tracking-server-name'
end;

-- A space's name, in the best spelling where that is the same name.
create or replace macro space_word(space_arn, space_name) as case
    when lower(space_name) = lower(arn_part(space_arn, 3)) then space_name
    else arn_part(space_arn, 3)
end;

-- Whether a space or an app is the space's own.
create or replace macro is_of_space(resource_id, space_arn) as coalesce(
    lower(arn_part(resource_id, 2)) = lower(arn_part(space_arn, 2))
    and lower(arn_part(resource_id, 3)) = lower(arn_part(space_arn, 3))
    and split_part(resource_id, ':', 5) = split_part(space_arn, ':', 5),
    false
);

-- The command that stops or deletes a resource of a space; null where there is none, or where a name is no plain word.
-- Storage goes with its space, which must be the resource itself: a tag may name another, and whoever sets a tag must not
-- choose what others delete. An app belongs to a space or to a user profile and its ARN does not say to which: the space
-- it was attributed to does.
create or replace macro end_command(resource_id, spend_category, space_arn, space_name) as case
    when spend_category = 'Studio storage' or arn_kind(resource_id) = 'space' then case
        when is_of_space(resource_id, space_arn) and is_plain_arn(space_arn) and arn_parts(space_arn) = 3
            and is_plain_word(space_word(space_arn, space_name))
            then 'aws sagemaker delete-space --domain-id ' || arn_part(space_arn, 2)
                || ' --space-name ' || space_word(space_arn, space_name)
                || ' --region ' || split_part(space_arn, ':', 4)
    end
    when not is_plain_arn(resource_id) then null
    when arn_kind(resource_id) = 'app' then case
        when arn_parts(resource_id) = 5
            and lower(arn_part(resource_id, 2)) = lower(arn_part(space_arn, 2))
            and lower(arn_part(resource_id, 3)) = lower(arn_part(space_arn, 3))
            and is_plain_word(space_word(space_arn, space_name))
            then 'aws sagemaker delete-app --domain-id ' || arn_part(resource_id, 2)
                || ' --space-name ' || space_word(space_arn, space_name)
                || ' --app-type ' || app_type_word(arn_part(resource_id, 4))
                || ' --app-name ' || arn_part(resource_id, 5)
                || ' --region ' || split_part(resource_id, ':', 4)
    end
    when arn_parts(resource_id) = 2
        then 'aws sagemaker ' || end_verb(arn_kind(resource_id)) || ' ' || arn_part(resource_id, 2)
            || ' --region ' || split_part(resource_id, ':', 4)
end;

-- What to know before the command is run, or why there is none.
create or replace macro end_note(resource_id, spend_category, space_arn, space_name) as case
    when arn_kind(resource_id) in ('space', 'app') and not is_of_space(resource_id, space_arn)
        then 'no command: the resource and its tag name different spaces; find out which is right first'
    when end_command(resource_id, spend_category, space_arn, space_name) is null
        then 'no command: its kind has none, or a name in it is no plain word; stop it in the SageMaker console'
    when spend_category = 'Studio storage' or arn_kind(resource_id) = 'space'
        then 'deletes the space and every file on its storage for good: copy what is needed first, and delete its apps'
    when arn_kind(resource_id) = 'app'
        then 'stops the app: what is not saved is lost, files on its storage stay and are billed'
    when arn_kind(resource_id) = 'notebook-instance' then 'stops it: files on its volume stay and are billed'
    when arn_kind(resource_id) in ('endpoint', 'inference-component')
        then 'deletes it: whatever calls it fails from then on; its model stays'
    when arn_kind(resource_id) = 'mlflow-tracking-server' then 'stops it: experiments stay and are billed as storage'
    else 'stops the job: what it has not written yet is lost'
end;

-- The command that tags a SageMaker resource with its space; null where the space is not known, for other services, and
-- where a name is no plain word.
create or replace macro tag_command(resource_id, space_arn) as case
    when arn_kind(resource_id) in ('space', 'app') and not is_of_space(resource_id, space_arn) then null
    when is_plain_arn(resource_id) and is_plain_arn(space_arn) and arn_parts(space_arn) = 3
        then 'aws sagemaker add-tags --resource-arn ''' || resource_id
            || ''' --tags ''Key=sagemaker:space-arn,Value=' || space_arn
            || ''' ''Key=sagemaker:domain-arn,Value=' || domain_arn_of(space_arn)
            || ''' --region ' || split_part(resource_id, ':', 4)
end;

-- What to know before the tags are set, or what to find out first.
create or replace macro tag_note(resource_id, space_arn, attribution_method) as case
    when tag_command(resource_id, space_arn) is not null and ends_with(arn_kind(resource_id), '-job')
        then 'a job bears a new name each time: add both tags where it is started, too; cost so far stays as it is'
    when tag_command(resource_id, space_arn) is not null
        then 'counts from then on, once the payer account has activated both cost allocation tags'
    when space_arn is not null
        then 'no command: it is no SageMaker ARN of plain words; tag it in its own service with sagemaker:space-arn'
    when attribution_method = 'user_profile'
        then 'find out in which space its user profile made it: started from a shared space it would bear the tag'
    when attribution_method = 'domain'
        then 'only its domain is known: ask its team, or look for the call that made it, which names the space'
    else 'nothing says whose it is: look for the call that made it in CloudTrail, and who made it'
end;
