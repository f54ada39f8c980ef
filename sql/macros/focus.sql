-- AWS's x_ServiceCode where the export has it, else the code of the service names AWS uses.
create or replace macro focus_service_code(service_code, service_name) as coalesce(
    service_code,
    case
        when service_name in ('Amazon SageMaker', 'Amazon SageMaker AI', 'AmazonSageMaker') then 'AmazonSageMaker'
        when service_name in ('Savings Plans for AWS Machine Learning', 'Machine Learning Savings Plans')
            then 'MachineLearningSavingsPlans'
        else service_name
    end
);
