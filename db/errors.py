"""Every error raised on purpose: one root, a small class each, its docstring is the message."""


class LooplensError(Exception):
    """Something went wrong in Looplens."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class BadDatabaseUrl(LooplensError):
    """DATABASE_URL is not an address of a PostgreSQL database."""


class DatabaseUnreachable(LooplensError):
    """The database does not answer at the address in DATABASE_URL."""


class WrongPostgresVersion(LooplensError):
    """The data folder belongs to another version of PostgreSQL."""


class PortInUse(LooplensError):
    """Another program listens on a port that Looplens needs."""


class UnknownProject(LooplensError):
    """No project has this name."""


class ProjectExists(LooplensError):
    """A project of this name exists already."""


class BadSetting(LooplensError):
    """A setting has a value that Looplens can't use."""


class BadAccessLink(LooplensError):
    """This access link was used already, has expired, or never existed."""


class UnknownMetric(LooplensError):
    """No metric has this name; see the Metrics page of the documentation."""


class TooWide(LooplensError):
    """This is read from raw events, over fewer days; choose a shorter range."""


class BadImport(LooplensError):
    """The file can't be imported."""


class BadSegment(LooplensError):
    """This is not the definition of a segment."""


class SegmentExists(LooplensError):
    """A segment of this name exists already."""


class UnknownSegment(LooplensError):
    """This segment does not exist any more."""


class BadAnnotation(LooplensError):
    """This annotation can't be kept."""


class BadView(LooplensError):
    """This view can't be kept."""


class UnknownView(LooplensError):
    """This view does not exist any more, or belongs to somebody else."""


class BadSurvey(LooplensError):
    """This survey can't be kept."""


class SurveyExists(LooplensError):
    """A survey of this name exists already."""


class UnknownSurvey(LooplensError):
    """There is no such survey, or no such invitation to it."""


class SurveyIsOver(LooplensError):
    """This survey is over and takes no answers any more."""


class BadReply(LooplensError):
    """This is no answer to the question."""


class BadRequest(LooplensError):
    """This request can't be kept."""


class UnknownRequest(LooplensError):
    """There is no such request."""


class BadEstimate(LooplensError):
    """This estimate can't be kept."""


class UnknownItem(LooplensError):
    """This does not exist any more, or was merged into something else."""


class BadPlanPrice(LooplensError):
    """This price can't be kept."""


class BadHypothesis(LooplensError):
    """This hypothesis can't be kept."""


class UnknownHypothesis(LooplensError):
    """This hypothesis does not exist any more."""


class BadFeedback(LooplensError):
    """Feedback has a rating, a comment, or says whether it was helpful."""


class UnknownErasure(LooplensError):
    """This project has no such erasure."""


class UnknownFeedback(LooplensError):
    """This feedback does not exist any more."""


class FeedbackChanged(LooplensError):
    """It was changed meanwhile; read it again."""


class BadTheme(LooplensError):
    """This can't be done with this theme."""


class UnknownTheme(LooplensError):
    """This theme does not exist any more."""


class BadTarget(LooplensError):
    """This is no address that messages can be sent to; see the services of Apprise."""


class BadExperiment(LooplensError):
    """This experiment or flag can't be kept or done so."""


class UnknownExperiment(LooplensError):
    """This experiment or flag does not exist any more."""


class ExperimentExists(LooplensError):
    """An experiment or flag of this key exists already."""


class BadPackage(LooplensError):
    """This package can't be kept so."""


class PackageExists(LooplensError):
    """A package of this name exists already."""


class UnknownPackage(LooplensError):
    """There is no such package."""


class BadOrganisation(LooplensError):
    """This organisation can't be kept so."""


class OrganisationExists(LooplensError):
    """An organisation of this name exists already."""


class UnknownOrganisation(LooplensError):
    """There is no such organisation."""


class BadMember(LooplensError):
    """This can't be kept of a member."""


class UnknownMember(LooplensError):
    """This organisation has no such member."""


class BadToken(LooplensError):
    """This token can't be made."""


class UnknownToken(LooplensError):
    """There is no such token."""


class UnknownPerson(LooplensError):
    """Nobody who may sign in has this address."""


class BadLink(LooplensError):
    """This user is somebody else already."""


class BadMark(LooplensError):
    """A mark of the audit log is a number, a colon and 64 hexadecimal digits."""


class BadProbe(LooplensError):
    """This can't be looked at."""


class BadObjective(LooplensError):
    """This can't be promised."""


class UnknownErrorGroup(LooplensError):
    """No failures of this kind are on record."""


class BadAlertRule(LooplensError):
    """This alert can't be kept so."""


class UnknownAlertRule(LooplensError):
    """There is no such alert."""


class UnknownEpisode(LooplensError):
    """This alert is not firing any more."""


class BadIncident(LooplensError):
    """This incident can't be kept so."""


class UnknownIncident(LooplensError):
    """There is no such incident."""


class BadGoal(LooplensError):
    """A goal can't be kept; the message names what is wrong."""
