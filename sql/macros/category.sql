-- Spend categories: a closed list in words a person uses. Usage types look like
-- 'USE1-Studio:JupyterLab-ml.t3.medium' or 'EU-Host:ml.m5.large'; the substrings and their order follow
-- AWS's own classifier (CID CUDOS v5 "SageMaker Usage Type Group"), with RStudio before Studio
-- because it contains it.
create or replace macro spend_category(
    service_code, usage_type, charge_type, charge_category, is_home_file_system
) as case
    when charge_type = 'SavingsPlanNegation' then 'savings plan negation'
    when charge_category = 'Tax' then 'tax'
    when charge_category = 'Credit' then 'credit'
    when charge_type = 'Refund' or starts_with(charge_type, 'Adjustment') then 'refund'
    when ends_with(charge_type, 'Discount') then 'discount'
    when charge_type in ('SavingsPlanRecurringFee', 'RIFee', 'unused commitment')
        then 'unused Savings Plan commitment'
    when is_home_file_system then 'home file system'
    when service_code <> 'AmazonSageMaker' then 'other services'
    when contains(usage_type, 'RStudio') or contains(usage_type, 'RSession') then 'RStudio'
    when contains(usage_type, 'Studio') and contains(usage_type, 'VolumeUsage') then 'Studio storage'
    when contains(usage_type, 'Canvas') then 'Canvas'
    when contains(usage_type, 'Studio') then 'Studio apps'
    when contains(usage_type, 'Notebk') then 'notebook instances'
    when contains(usage_type, 'Label') then 'Ground Truth'
    when contains(usage_type, 'Processing') then 'processing'
    when contains(usage_type, 'Train') or contains(usage_type, 'TrSpt') then 'training'
    when contains(usage_type, 'Tsform') then 'batch transform'
    when contains(usage_type, 'Host') or contains(usage_type, 'AsyncInf') or contains(usage_type, 'ServerlessInf')
        then 'hosting'
    when contains(usage_type, 'Cluster') then 'HyperPod'
    when contains(usage_type, 'MLflow') then 'MLflow'
    when contains(usage_type, 'FeatureStore') or contains(usage_type, 'Feature-Store') then 'Feature Store'
    when contains(usage_type, 'DataTransfer') or contains(usage_type, 'Data-Bytes') then 'data transfer'
    else 'other'
end;

create or replace macro instance_type_of(usage_type) as
    nullif(regexp_extract(usage_type, 'ml\.[a-z0-9-]+\.[a-z0-9]+$'), '');

create or replace macro purchase_option_of(line_item_type, usage_type, term) as case
    when not is_usage_type(line_item_type) then null
    when line_item_type = 'SavingsPlanCoveredUsage' then 'Savings Plan'
    when line_item_type = 'DiscountedUsage' then 'Reserved'
    when contains(usage_type, 'TrSpt') or lower(term) = 'spot' then 'Spot'
    else 'On-Demand'
end;

create or replace macro is_hours(unit) as
    coalesce(lower(unit) in ('hrs', 'hr', 'hour', 'hours', 'instance-hours', 'instance-hrs'), false);
