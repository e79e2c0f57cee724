#Requires -Version 5.1
#Requires -Modules Microsoft.Graph.Authentication, Microsoft.Graph.Groups, Microsoft.Graph.Users, Microsoft.Graph.Identity.Governance
<#
.SYNOPSIS
    Creates the Entra groups of an access plan that do not exist yet, and gives the Entra roles that it plans.
.DESCRIPTION
    Run it with -WhatIf first: it signs in with rights to read, looks at what is there, and says what it would do.
    Then run it with -Apply. It asks before every change; -Confirm:$false lets it go on without asking.
    What is there already is left as it is, so it may be run again. One that fails does not stop the others: the end
    says what was done, left out and failed, and the exit code is 1 if anything failed. It removes nothing, holds no
    secret, and never makes anybody Global Administrator for good.
.EXAMPLE
    ./access-plan.ps1 -WhatIf
.EXAMPLE
    ./access-plan.ps1 -Apply
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
param(
    [switch] $Apply
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

if (-not $WhatIfPreference -and -not $Apply) {
    throw 'Nothing was changed. Run this script with -WhatIf first, read what it would do, then run it with -Apply.'
}

#DATA#
$KnownGroups = @{}

function Find-PlannedGroup {
    param([string] $Name)
    if ($KnownGroups.ContainsKey($Name)) {
        return $KnownGroups[$Name]
    }
    $Filter = 'displayName eq ''{0}''' -f $Name.Replace('''', '''''')
    $Found = @(Get-MgGroup -Filter $Filter -Property 'id,displayName,isAssignableToRole' -All)
    if ($Found.Count -gt 1) {
        throw ('{0} groups are called {1}. Rename all but one, then run this again.' -f $Found.Count, $Name)
    }
    if ($Found.Count -eq 1) {
        $KnownGroups[$Name] = $Found[0]
        return $Found[0]
    }
    return $null
}

function Find-PlannedPerson {
    param([string] $Name)
    $Quoted = $Name.Replace('''', '''''')
    $Filter = 'userPrincipalName eq ''{0}'' or mail eq ''{0}'' or displayName eq ''{0}''' -f $Quoted
    $Found = @(Get-MgUser -Filter $Filter -Property 'id,displayName,userPrincipalName' -All)
    if ($Found.Count -gt 1) {
        throw ('{0} people are called {1}. Write the address into the plan, then run this again.' -f $Found.Count, $Name)
    }
    if ($Found.Count -eq 1) {
        return $Found[0]
    }
    return $null
}

function Get-PresentAssignment {
    param([string] $PrincipalId, [string] $RoleId, [string] $Held)
    $Filter = 'principalId eq ''{0}'' and roleDefinitionId eq ''{1}''' -f $PrincipalId, $RoleId
    if (-not $HasPim) {
        return @(Get-MgRoleManagementDirectoryRoleAssignment -Filter $Filter -All | Where-Object { $_.DirectoryScopeId -eq '/' })
    }
    if ($Held -eq 'eligible') {
        return @(Get-MgRoleManagementDirectoryRoleEligibilitySchedule -Filter $Filter -All | Where-Object { $_.DirectoryScopeId -eq '/' })
    }
    return @(Get-MgRoleManagementDirectoryRoleAssignmentSchedule -Filter $Filter -All | Where-Object { $_.DirectoryScopeId -eq '/' -and $_.AssignmentType -ne 'Activated' })
}

function New-PlannedAssignment {
    param([object] $Row, [string] $PrincipalId)
    if (-not $HasPim) {
        New-MgRoleManagementDirectoryRoleAssignment -BodyParameter @{
            principalId = $PrincipalId
            roleDefinitionId = $Row.RoleId
            directoryScopeId = '/'
        } | Out-Null
        return
    }
    $Start = $Row.Start
    if (-not $Start) {
        $Start = [System.DateTime]::UtcNow.ToString('o')
    }
    $Expiration = @{ type = 'noExpiration' }
    if ($Row.End) {
        $Expiration = @{ type = 'afterDateTime'; endDateTime = $Row.End }
    }
    $Request = @{
        action = 'adminAssign'
        justification = $Row.Justification
        principalId = $PrincipalId
        roleDefinitionId = $Row.RoleId
        directoryScopeId = '/'
        scheduleInfo = @{ startDateTime = $Start; expiration = $Expiration }
    }
    if ($Row.Held -eq 'eligible') {
        New-MgRoleManagementDirectoryRoleEligibilityScheduleRequest -BodyParameter $Request | Out-Null
    }
    else {
        New-MgRoleManagementDirectoryRoleAssignmentScheduleRequest -BodyParameter $Request | Out-Null
    }
}

$Scopes = @('Group.Read.All', 'User.Read.All', 'RoleManagement.Read.Directory', 'RoleEligibilitySchedule.Read.Directory', 'RoleAssignmentSchedule.Read.Directory')
if (-not $WhatIfPreference) {
    $Scopes = @('Group.ReadWrite.All', 'User.Read.All', 'RoleManagement.ReadWrite.Directory', 'RoleEligibilitySchedule.ReadWrite.Directory', 'RoleAssignmentSchedule.ReadWrite.Directory')
}
if ($TenantId) {
    Connect-MgGraph -Scopes $Scopes -TenantId $TenantId -NoWelcome
}
else {
    Connect-MgGraph -Scopes $Scopes -NoWelcome
}
Write-Output ('Plan: {0}. {1} groups, {2} assignments.' -f $Plan, $Groups.Count, $Assignments.Count)

if (-not $PimIsSaid) {
    Write-Warning 'The plan does not say whether Privileged Identity Management is licensed. Nothing eligible or dated is given by this script: say it in the plan, then export the script again.'
}
$Given = 0
$There = 0
$LeftOut = @()
$Failed = @()

foreach ($Group in $Groups) {
    try {
        $Present = Find-PlannedGroup -Name $Group.Name
        if ($null -ne $Present) {
            $There += 1
            Write-Output ('There already: group {0}' -f $Group.Name)
            continue
        }
        if ($PSCmdlet.ShouldProcess($Group.Name, 'Create the security group')) {
            $Body = @{
                displayName = $Group.Name
                description = $Group.Description
                mailEnabled = $false
                mailNickname = $Group.Nickname
                securityEnabled = $true
            }
            if ($Group.RoleAssignable) {
                $Body.isAssignableToRole = $true
            }
            $KnownGroups[$Group.Name] = New-MgGroup -BodyParameter $Body
            $Given += 1
            Write-Output ('Created: group {0}' -f $Group.Name)
        }
    }
    catch {
        $Failed += 'group {0}: {1}' -f $Group.Name, $_.Exception.Message
        Write-Warning ('Failed: group {0}: {1}' -f $Group.Name, $_.Exception.Message)
    }
}

foreach ($Row in $Assignments) {
    $Target = '{0}: {1}' -f $Row.Role, $Row.Assignee
    try {
        $Deed = 'Give the role for good, {0}' -f $Row.Held
        if ($Row.End) {
            $Deed = 'Give the role until {0}, {1}' -f $Row.End, $Row.Held
        }
        if ($Row.RoleId -eq $GlobalAdministrator -and -not $Row.End) {
            $LeftOut += '{0}: nobody is made Global Administrator for good' -f $Target
            continue
        }
        $Principal = $null
        if ($Row.Kind -eq 'group') {
            $Principal = Find-PlannedGroup -Name $Row.Assignee
        }
        else {
            $Principal = Find-PlannedPerson -Name $Row.Assignee
        }
        if ($null -eq $Principal) {
            if ($WhatIfPreference -and $Row.Kind -eq 'group' -and @($Groups | Where-Object { $_.Name -eq $Row.Assignee }).Count) {
                $null = $PSCmdlet.ShouldProcess($Target, $Deed)
            }
            else {
                $LeftOut += '{0}: no {1} of this tenant is called so' -f $Target, $Row.Kind
            }
            continue
        }
        if ($Row.Kind -eq 'group' -and -not $Principal.IsAssignableToRole) {
            $LeftOut += '{0}: the group was not made for roles, and that cannot be changed' -f $Target
            continue
        }
        $Present = @(Get-PresentAssignment -PrincipalId $Principal.Id -RoleId $Row.RoleId -Held $Row.Held)
        if ($Present.Count) {
            $There += 1
            Write-Output ('There already: {0}. Its dates are left as they are.' -f $Target)
            continue
        }
        if ($PSCmdlet.ShouldProcess($Target, $Deed)) {
            New-PlannedAssignment -Row $Row -PrincipalId $Principal.Id
            $Given += 1
            Write-Output ('Given: {0}' -f $Target)
        }
    }
    catch {
        $Failed += '{0}: {1}' -f $Target, $_.Exception.Message
        Write-Warning ('Failed: {0}: {1}' -f $Target, $_.Exception.Message)
    }
}

Write-Output ('Created or given: {0}. There already: {1}. Left out: {2}. Failed: {3}.' -f $Given, $There, $LeftOut.Count, $Failed.Count)
foreach ($Line in $LeftOut) {
    Write-Warning ('Left out: {0}' -f $Line)
}
if ($Failed.Count) {
    foreach ($Line in $Failed) {
        Write-Warning ('Failed: {0}' -f $Line)
    }
    Write-Warning 'What failed was not done. Everything else was tried: mend the cause, then run this again.'
    exit 1
}
