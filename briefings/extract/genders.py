"""Whether a he or a she may be meant: first names, titles and nouns that tell. Folded words.

Names that both men and women bear (Alex, Kim, Leslie, Robin, Taylor) and those that are places first are left out: the
article tells. A first name is evidence only; it never adds to what an article calls somebody.
"""

from __future__ import annotations

from types import MappingProxyType

from briefings.extract.vocabulary import vocabulary

FEMALE_NAMES = vocabulary(
    "abigail ada adele adriana agnes aisha alexandra alexandria alice alicia alina alison allison alyssa amanda "
    "amber amelia amina amy ana anastasia andrea angela angelique angelina anita ann anna annabel anne annette "
    "annie antonia anya arlene ashley audrey ava ayelet barbara beatrice becky belinda bernadette bernice beth bethany "
    "betsy betty beverly bonnie brandi brenda brianna bridget brittany brooke camille candace carla carly carmen carol "
    "carole caroline carolyn carrie cassandra catalina catherine cathy cecilia celia celine charlene charlotte chelsea "
    "cheryl chloe christina christine cindy claire clara claudia colleen condoleezza connie constance cristina crystal "
    "cynthia daisy daria darlene dawn debbie deborah debra deirdre denise diana diane dina dolores donna dora doris "
    "dorothy ebony edith eileen elaine eleanor elena elisabeth elise elizabeth ella ellen ellie eloise elsa elsie "
    "emilia emily emma erica erika erin ernestine esther ethel eugenia eva eve evelyn fatima felicia fiona florence "
    "frances gabriela gabrielle gail galina gayle genevieve georgina gertrude gillian gina ginni giorgia gladys glenda "
    "gloria grace greta gretchen gwen hanan hanna hannah harriet heather heidi helen helena helene hilary hillary hina "
    "holly hope ida ilana inessa inga ingrid irene irina iris isabel isabella ivana ivanka jackie jacqueline jamila "
    "jane janet janice janine jasmine jeanette jeanine jeanne jenna jennifer jenny jessica jill joan joanna "
    "joanne jodi josephine joy joyce juanita judith judy julia juliana julianne julie juliet kaitlin kamala karen "
    "karin karine karla kate katerina katharine katherine kathleen kathryn kathy katie katrina kayla kayleigh keisha "
    "kellyanne kirsten kirstjen kristen kristi kristin kristina kristine ksenia lara larisa latoya laura lauren laurie "
    "layla leah leila lena lesia leticia liana lidia lila lillian lily linda lindsay lisa liudmyla liz liza lois lola "
    "loretta lori lorraine louise lubna lucia lucille lucy luisa lydia lynda lyudmila mabel madeleine madeline mae "
    "maggie malala mandy marcia margaret margarita margot maria mariam mariana marianne marie marilyn marina marine "
    "marjorie marsha martha mary maryam maryna maureen maxine maya megan megyn melania melanie melinda melissa "
    "mercedes michele michelle mildred mindy miranda miriam moira molly mona monica myra nadia nadiya nadine nancy "
    "naomi natalia natalie natalya natasha nellie nicola nicole nikki nina noor nora norma oksana oleksandra "
    "olena olga olha olive olivia paige pamela patricia patsy patti paula paulina pauline peggy penelope penny "
    "phyllis polina priscilla priti rachel ramona rania rebecca rebekah regina renee rhonda rita roberta rochelle "
    "rosa rosalind rose rosemary roxanne ruth sabrina sadie sally samantha samira sandra sara sarah "
    "sharon sheila shelley sherry sheryl shirley simone sonia sonya sophia sophie stacey stacy stella stephanie "
    "sue susan susana susanna susanne suzanne svetlana sylvia tamara tammy tanya tara tatiana tatyana teresa tetiana "
    "thelma theresa tiffany tina tracey trisha trudy tulsi tyresha ursula valentina valeria valerie vanessa vera "
    "veronica vicki vicky victoria viktoria viola violet vivian wanda wendy whitney wilma yael yasmin yelena yulia "
    "yuliia yvette yvonne zainab zara zoe"
)
MALE_NAMES = vocabulary(
    "aaron abbas abdul abdullah abdulla abraham adam ahmad ahmed al alan albert aleksandr aleksei alejandro "
    "alexander alexandr alexei alfred ali allan allen alonzo alvin amir anatoly andre andrei andrew andrey andriy "
    "andrii andrzej andy angelo angus anthony anton antonio antony arnold arseniy arthur artem ashraf augustus "
    "avi avigdor barack barney barry bart bashar basil ben benjamin bennett benny bernard bernie bert bill billy "
    "bob bobby bogdan bohdan boris brad bradley brandon brendan brent bret brett brian bruce bryan byron caleb "
    "calvin carl carlos carlton cary cedric charles charlie chester chris christopher chuck clarence clark claude "
    "clay cliff clifford clint clinton clive clyde cody colin conor conrad corey cornel cornell cory craig curtis "
    "cyril cyrus dale damian damon dan daniel danny dante darrell darren darryl dave david dean dennis denys "
    "derek devin dick diego dmitri dmitriy dmitry dmytro dominic don donald donnie doug douglas drew duane duncan "
    "dustin dwayne dwight earl ed eddie edgar edmund eduard eduardo edward edwin elijah elliot elliott elmer elon "
    "emmanuel enrique eric erik ernest ernesto ethan eugene evan ezra faisal felipe felix fernando fidel francis "
    "francisco francois frank franklin fred frederick fyodor gabriel garry gary gavin gene geoff geoffrey george "
    "gerald gerard gerhard gianni gilbert giovanni giuseppe glen glenn gordon graham grant greg gregg gregory "
    "grigory guillermo gus guy hakan hamid hank hans harold harry harvey hassan hector henry herbert herman "
    "hermann hisham horace howard hugh hugo hussein hussain ian ibrahim ignacio igor ihor ilya imran ira isaac "
    "isaiah ismail ivan jack jacob jacques jake jamal james jared jason javier jay jeb jeff jefferson jeffrey "
    "jens jeremy jerome jerry jesus jim jimmy joaquin joe joel johan johann johannes john johnnie johnny jon "
    "jonah jonathan jorge jose josef joseph josh joshua josip juan jules julian julius jurgen justin kareem karl "
    "keir keith ken kenneth kenny kent kevin khaled khalid kirill kirk klaus klemens konstantin kurt kyle kyrylo "
    "lamar lance larry laurence lawrence lech leo leon leonard leonid leroy lester lewis lindsey lionel lloyd lou "
    "louis luc luca lucas luis luke lyndon mahmoud mahmud malcolm manuel marc marcel marco marcus mario mark "
    "maros marshall martin marty marvin mason mateusz matt matteo matthew maurice mauricio max maxim maxwell "
    "mehdi mehmet melvin michael michel miguel mike mikhail miles milos milton mitch mitchell mitt mohamed "
    "mohammad mohammed moses muhammad mustafa myron mykhailo mykola naftali nathan nathaniel neal ned neil nelson "
    "newt nicholas nick nicolas nicolae nigel nikita nikola nikolai nikolay noah norman oleg oleh oleksandr "
    "oleksii oleksiy oliver omar orlando oscar osama otto owen pablo paddy patrick paul pavel pavlo pedro percy "
    "perry pete peter petr petro phil philip philippe phillip pierre qasem rafael rahm raj ralph ramon ramzan "
    "rand randall randy rashid raul ray raymond recep reginald reid reince rex rhys ricardo richard rick ricky "
    "rishi rob robert roberto rod roderick rodney rodrigo roger roland roman ron ronald ronnie ross roy ruben "
    "rudolph rudy rupert ruslan russ russell rustem ryan salman salvador sam samir samuel sandor saul scott sean "
    "sebastian serge sergei sergey sergio serhii serhiy seth shane shaun shawn sherman shinzo sidney simon "
    "solomon spencer stanley stefan stephane stephen sterling steve steven stuart taras tariq ted teddy terence "
    "terrence thaddeus theodore thom thomas tim timothy tobias todd tom tommy tony travis trent trevor tucker "
    "tyler tyrone ulrich vadim valentin valeriy valerii valery vasily vasyl vernon viacheslav victor viktor vince "
    "vincent vitaliy vitalii vitaly vlad vladimir vladislav vladyslav volodymyr vyacheslav wade wallace walter "
    "warren wayne wendell werner wesley wilbur willard william willie winston wolfgang woodrow xavier yair yehuda "
    "yevgeny yitzhak yoav yuri yuriy yurii yusuf zachary zbigniew"
)
TITLE_GENDERS = MappingProxyType(
    {
        **dict.fromkeys(
            ("mr", "sir", "lord", "king", "prince", "congressman", "father", "pope", "imam", "sheikh"), "m"
        ),
        **dict.fromkeys(("mrs", "ms", "miss", "lady", "dame", "queen", "princess", "congresswoman", "sister"), "f"),
    }
)
WOMEN = vocabulary(
    "mother wife sister daughter woman girl girlfriend widow aunt grandmother spokeswoman niece lady actress mom "
    "chairwoman congresswoman businesswoman councilwoman queen princess ex-wife stepdaughter housewife first-lady"
)
MEN = vocabulary(
    "father husband brother son man boy boyfriend uncle grandfather nephew spokesman actor dad gentleman chairman "
    "congressman businessman councilman king prince ex-husband stepson"
)
MALE = frozenset(("he", "his", "him", "himself"))
FEMALE = frozenset(("she", "her", "hers", "herself"))


def pronoun_gender(low: str) -> str | None:
    """The gender of a pronoun, whatever is contracted with it ("she's", "he'd")."""
    word = low.replace("’", "'").split("'", 1)[0]
    return "m" if word in MALE else "f" if word in FEMALE else None


def first_name_gender(first: str) -> str | None:
    """What a folded first name tells; None where it tells nothing."""
    return "f" if first in FEMALE_NAMES else "m" if first in MALE_NAMES else None
