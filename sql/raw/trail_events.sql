-- SageMaker records of every log file read, whole, each as often as it was delivered; one row per record.
-- loaded: by the load step; the select below is its empty shape.
-- grain: source, file_id, record_number
-- columns:
--   source: Name of the trail.
--   file_id: The log file, a hash of its key.
--   record_number: Place in the file, from 0.
--   delivered_at: When the file was delivered, as its key says, UTC.
--   event_id: As delivered (eventID).
--   shared_event_id: As delivered (sharedEventID): one call told to several accounts.
--   original_event_id: The event an addendum corrects.
--   event_at: When it took place, UTC.
--   event_name: The API call.
--   event_type: As delivered (eventType).
--   event_version: As delivered (eventVersion).
--   region: As delivered (awsRegion).
--   account_id: Account it was told to (recipientAccountId).
--   is_read_only: As delivered (readOnly, also as text), or by the call's name.
--   error_code: Why the call failed; null where it did not.
--   error_message: As delivered (errorMessage).
--   source_ip_address: As delivered (sourceIPAddress).
--   user_agent: As delivered (userAgent).
--   identity_type: As delivered (userIdentity.type).
--   identity_account_id: Account of the caller, else the one it was told to; resources of the call lie there.
--   identity_arn: As delivered (userIdentity.arn).
--   identity_user_name: As delivered (userIdentity.userName).
--   source_identity: As delivered (userIdentity.sessionContext.sourceIdentity).
--   on_behalf_of: As delivered (userIdentity.onBehalfOf.userId).
--   invoked_by: The AWS service that made the call (userIdentity.invokedBy).
--   domain_id: Domain the request names.
--   space_name: Space the request names.
--   user_profile_name: User profile the request names.
--   app_type: App type the request names.
--   app_name: App the request names.
--   domain_arn: That domain, lower case.
--   space_arn: That space, lower case.
--   user_profile_arn: That user profile, lower case.
--   sets_space_tag: Whether the request carries a space tag, a malformed one too.
--   drops_space_tag: Whether the request removes the space tag.
--   space_arn_tag: Space tag of the request, spelled as delivered.
--   user_profile_arn_tag: User-profile tag of the request, spelled as delivered.
--   mentioned_arn: ARN of a space or app that is a value in response or request, spelled as delivered.
--   resource_arn: What the call made, deleted, tagged or asked the tags of, lower case: from the response, or built from the request.
--   sharing_type: Sharing type a CreateSpace asks for.
--   owner_user_profile_name: Owner a CreateSpace asks for.
--   space_app_type: App type a space is for.
--   storage_gb: Volume size a space is given, GB.
--   space_display_name: Display name a space is given.
--   instance_type: Instance type an app is given.
--   identity: userIdentity as JSON.
--   request: requestParameters as JSON.
--   response: responseElements as JSON.
select
    null::varchar as source,
    null::bigint as file_id,
    null::integer as record_number,
    null::timestamp as delivered_at,
    null::varchar as event_id,
    null::varchar as shared_event_id,
    null::varchar as original_event_id,
    null::timestamp as event_at,
    null::varchar as event_name,
    null::varchar as event_type,
    null::varchar as event_version,
    null::varchar as region,
    null::varchar as account_id,
    null::boolean as is_read_only,
    null::varchar as error_code,
    null::varchar as error_message,
    null::varchar as source_ip_address,
    null::varchar as user_agent,
    null::varchar as identity_type,
    null::varchar as identity_account_id,
    null::varchar as identity_arn,
    null::varchar as identity_user_name,
    null::varchar as source_identity,
    null::varchar as on_behalf_of,
    null::varchar as invoked_by,
    null::varchar as domain_id,
    null::varchar as space_name,
    null::varchar as user_profile_name,
    null::varchar as app_type,
    null::varchar as app_name,
    null::varchar as domain_arn,
    null::varchar as space_arn,
    null::varchar as user_profile_arn,
    null::boolean as sets_space_tag,
    null::boolean as drops_space_tag,
    null::varchar as space_arn_tag,
    null::varchar as user_profile_arn_tag,
    null::varchar as mentioned_arn,
    null::varchar as resource_arn,
    null::varchar as sharing_type,
    null::varchar as owner_user_profile_name,
    null::varchar as space_app_type,
    null::decimal(38, 12) as storage_gb,
    null::varchar as space_display_name,
    null::varchar as instance_type,
    null::varchar as identity,
    null::varchar as request,
    null::varchar as response
where false
