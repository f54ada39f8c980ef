-- SageMaker ARNs, lower-cased because AWS lower-cases names in some places. The same rules as
-- `spaceledger/arn.py`. A regex miss in DuckDB is an empty string, hence the nullif. ASCII alone is lowered: the
-- Kelvin sign and a dotted I have ASCII letters as their lower case and would name a space nobody made.
create or replace macro ascii_lower(text) as case when strlen(text) = length(text) then lower(text) end;

create or replace macro space_arn_of(text) as case
    when regexp_full_match(
        ascii_lower(text),
        'arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:[0-9]{12}:space/d-[a-z0-9-]{1,61}/[a-z0-9](-*[a-z0-9]){0,62}'
    ) then ascii_lower(text)
end;

create or replace macro user_profile_arn_of(text) as case
    when regexp_full_match(
        ascii_lower(text),
        'arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:[0-9]{12}:user-profile/d-[a-z0-9-]{1,61}/[a-z0-9](-*[a-z0-9]){0,62}'
    ) then ascii_lower(text)
end;

-- The domain of a domain, space, user-profile or app ARN.
create or replace macro domain_arn_of(text) as case
    when regexp_full_match(
        ascii_lower(text),
        'arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:[0-9]{12}:(domain/d-[a-z0-9-]{1,61}|(space|user-profile|app)/d-[a-z0-9-]{1,61}/.*)'
    ) then
        array_to_string(list_slice(string_split(ascii_lower(text), ':'), 1, 5), ':')
        || ':domain/' || split_part(split_part(ascii_lower(text), ':', 6), '/', 2)
end;

-- Parts of an app ARN: app/{domain}/{space or user profile}/{app type}/{app name}.
create or replace macro is_app_arn(text) as regexp_full_match(
    ascii_lower(text),
    'arn:aws[a-z-]*:sagemaker:[a-z0-9-]+:[0-9]{12}:app/d-[a-z0-9-]{1,61}/[^/]+/[^/]+/.+'
);
create or replace macro app_owner(text) as split_part(split_part(ascii_lower(text), ':', 6), '/', 3);
create or replace macro app_type(text) as split_part(split_part(ascii_lower(text), ':', 6), '/', 4);

-- The space, or the user profile, that an app ARN would name if its owner were one.
create or replace macro app_space_arn(text) as space_arn_of(
    replace(domain_arn_of(text), ':domain/', ':space/') || '/' || app_owner(text)
);
create or replace macro app_user_profile_arn(text) as user_profile_arn_of(
    replace(domain_arn_of(text), ':domain/', ':user-profile/') || '/' || app_owner(text)
);

create or replace macro is_sagemaker_arn(text) as regexp_matches(ascii_lower(text), '^arn:aws[a-z-]*:sagemaker:');
create or replace macro arn_region(text) as nullif(split_part(ascii_lower(text), ':', 4), '');
create or replace macro arn_account_id(text) as nullif(split_part(ascii_lower(text), ':', 5), '');
create or replace macro arn_name(text) as split_part(text, '/', -1);
